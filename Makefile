.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header -p 3.11
lock = $(LOCK) pyproject.toml --output-file $(1)/runtime.txt \
	&& $(LOCK) pyproject.toml --group dev --output-file $(1)/dev.txt \
	&& $(LOCK) --group bench --constraints $(1)/dev.txt --output-file $(1)/bench.txt
BENCH_STAMP := $(VENV)/.bench
T ?= tests
WORKERS ?= 3
GOALS ?=
export KEEP SCALE ROUNDS ROUND_SECONDS SOAK_SECONDS
unexport PYTHONDONTWRITEBYTECODE # or every process of the tests compiles everything again
LOG ?= both
SECONDS ?= 150
EVENTS ?= 100000
SEED ?= 1
PROVERS ?= 0
HOST ?= $(or $(KAFKA_PUBLIC_HOST),localhost)
COMPOSE := docker compose -f deploy/docker-compose.yml
quoted = '$(subst ','\'',$(1))'
include deploy/profiles.mk

help: ## 显示本列表 · print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## 创建虚拟环境并安装锁定的依赖 · virtual environment with the locked dependencies

demo: setup ## 重演一年并与文章逐项对照（KEEP=0、SCALE=0.1、TARGET=compose）· replay the year and compare with the article
	@$(if $(filter compose,$(TARGET)),$(BIN)/python -m tests.compose demo,$(BIN)/jinding demo)

test: setup ## 运行测试（T=路径）· run the tests (T=path)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(T)

prove: setup ## 重演一年：照常、逐一杀死服务、经 Kafka，并逐项复核 · play the year: as it is, under kills, over Kafka; recount it all
	@$(BIN)/python -m pytest -m proof -n $(PROVERS) --dist loadfile -s $(T)

chaos: setup ## 在故障下运行并逐项核对（LOG=embedded|kafka|both、SECONDS、EVENTS、SEED；TARGET=compose）· run under faults and check everything
	@$(if $(filter compose,$(TARGET)),$(BIN)/python -m tests.compose chaos,\
		$(BIN)/python -m tests.chaos --log $(LOG) --seconds $(SECONDS) --events $(EVENTS) --seed $(SEED))

mutants: setup ## 植入缺陷，看测试能否逐一发现（M=名称）· plant bugs, each of which a test must notice (M=name)
	@set -f; $(BIN)/python -m tests.chaos.mutants $(M)

bench: $(BENCH_STAMP) ## 逐项测量性能目标（GOALS="P1 P2"）· measure the goals of speed (GOALS="P1 P2")
	@$(BIN)/python -m tests.bench $(GOALS)

check: setup ## 格式、类型、架构与锁定检查 · format, lint, types, architecture and locks
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/python -m pytest -q tests/architecture
	@$(BIN)/jinding openapi --check && $(BIN)/jinding asyncapi --check
	@mkdir -p build && cp requirements/*.txt build/
	@$(call lock,build)
	@for name in runtime dev bench; do diff requirements/$$name.txt build/$$name.txt || exit 1; done

lock: setup ## 重新锁定依赖 · lock the dependencies again
	@$(call lock,requirements)

run: setup ## 启动系统，直到 Ctrl-C · run the system until Ctrl-C
	@$(BIN)/jinding run

secrets: setup ## 生成部署用的密钥，已有的不动（HOST=对外主机名）· make a deployment's secrets that are missing (HOST=public name)
	@$(BIN)/jinding secrets make --host $(HOST) $(SECRETS)
	@chmod a+r deploy/postgres/pg_hba.conf # PostgreSQL reads it as another user, whatever the umask was

up: issuer secrets ## 用 docker compose 部署（OIDC_ISSUER=https://… 或 IDP=keycloak）· deploy with docker compose (or IDP=keycloak)
	@$(COMPOSE) up -d --wait --build --quiet-pull
	@echo "金鼎已启动 · Jinding runs: http://127.0.0.1:$${GATEWAY_PORT:-8000}/"
	@$(if $(REALM),echo "其他终端中的 docker compose 也需要这些，请写入 deploy/.env · for docker compose in other shells, write into deploy/.env:"; \
		for name in OIDC_ISSUER OIDC_JWKS_URL KEYCLOAK_URL COMPOSE_PROFILES; do eval "echo \"  $$name=\$$$$name\""; done)

issuer:
	@test -n "$$OIDC_ISSUER" || grep -qs '^OIDC_ISSUER=.' deploy/.env || { \
		echo "请先指明令牌由谁签发，二者之一 · First say who issues the tokens, one of:"; \
		echo "  echo OIDC_ISSUER=https://sso.example >> deploy/.env && make up"; \
		echo "  make up IDP=keycloak"; exit 1; }

ops: ## 在部署中执行操作员命令（C="deadletters list"）· an operator's command in the deployment (C="deadletters list")
	@chmod -R a+rX deploy/districts # the container reads them as another user
	@OIDC_ISSUER=$${OIDC_ISSUER:--} $(COMPOSE) run --rm --quiet-pull operations $(or $(C),$(error C="…"，如 such as C="verify"))

down: ## 停止部署，保留数据 · stop the deployment; its data stays
	@OIDC_ISSUER=- COMPOSE_PROFILES='*' $(COMPOSE) down

backup: setup ## 备份全部数据库与事件日志的状况（TO=目录）· back up all databases as of one instant (TO=folder)
	@$(BIN)/jinding deploy backup --to $(call quoted,$(or $(TO),backups))

restore: secrets ## 由备份恢复到空的部署并核对（FROM=备份）· from a backup into an empty stack, verified (FROM=backup)
	@$(BIN)/jinding deploy restore --from $(call quoted,$(or $(FROM),$(error FROM=…)))

upgrade: secrets ## 备份、升级、核对，并说明如何退回（VERSION=版本）· back up, upgrade, verify; tells the way back (VERSION=…)
	@$(BIN)/jinding deploy upgrade --to $(call quoted,$(or $(TO),backups)) -- $(call quoted,$(or $(VERSION),$(error VERSION=…)))

drill: setup ## 演练：负载下备份，毁掉一切，恢复并逐项核对 · back up under load, destroy all, restore, account for everything
	@$(BIN)/python -m tests.compose drill

token: setup ## 打印令牌（ROLES=… AREAS=… ORG=… SUBJECT=…）· print a bearer token
	@$(BIN)/jinding token --roles '$(ROLES)' --areas '$(AREAS)' $(if $(ORG),--org '$(ORG)') $(if $(SUBJECT),--subject '$(SUBJECT)')

format: setup ## 整理代码格式 · format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

openapi: setup ## 生成接口文档 · write the merged OpenAPI document
	@$(BIN)/jinding openapi

asyncapi: setup ## 生成事件文档，拒绝破坏已发布的事件 · write the events' documents; nothing published may break
	@$(BIN)/jinding asyncapi

clean: ## 删除数据（.jinding/）· remove the data
	@if [ -x $(BIN)/jinding ]; then $(BIN)/jinding clean; else rm -rf .jinding; fi

$(STAMP): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>&1 | head -n 1); \
		echo "需要 Python 3.11 或更高版本，当前：$$found（可用 PYTHON=… 指定）。"; \
		echo "Python 3.11 or newer is needed, found: $$found (PYTHON=… names another)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_STAMP): $(STAMP) requirements/bench.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/bench.txt
	@touch $@

.PHONY: help setup demo test prove chaos mutants bench check lock run secrets issuer ops up down backup restore upgrade drill token format openapi asyncapi clean
