# What the profiles need to know of each other. COMPOSE_PROFILES=edge,observability make up; IDP=keycloak.
comma := ,
# what deploy/.env says to compose holds here too
KEPT := $(shell sed -n 's/^COMPOSE_PROFILES=//p' deploy/.env 2>/dev/null)
ifneq ($(KEPT),)
COMPOSE_PROFILES ?= $(KEPT)
endif
has = $(filter $(1),$(subst $(comma), ,$(COMPOSE_PROFILES)))
SECRETS :=

ifneq ($(filter-out keycloak,$(IDP)),)
$(error IDP=$(IDP)：只有 IDP=keycloak，或用 OIDC_ISSUER 指明已有的 · only IDP=keycloak; or name your own by OIDC_ISSUER)
endif

ifneq ($(call has,edge),)
EDGE_HOST := $(or $(EDGE_HOST),$(error EDGE_HOST=…：TLS 代理的对外主机名 · the public name of the TLS proxy))
SECRETS += --edge-host $(EDGE_HOST)
endif

ifneq ($(call has,observability),)
export OTEL_EXPORTER_OTLP_ENDPOINT ?= http://collector:4318
endif

# The issuer is where browsers find it; its keys are fetched inside.
ifeq ($(IDP),keycloak)
REALM := realms/jinding
ifneq ($(call has,edge),)
export KEYCLOAK_URL ?= https://$(EDGE_HOST)$(if $(filter-out 443,$(EDGE_PORT)),:$(EDGE_PORT))
export OIDC_JWKS_URL := https://$(EDGE_HOST)/$(REALM)/protocol/openid-connect/certs
else
export KEYCLOAK_URL ?= http://localhost:$(or $(KEYCLOAK_PORT),8180)
export OIDC_JWKS_URL := http://keycloak:8080/$(REALM)/protocol/openid-connect/certs
endif
export OIDC_ISSUER := $(KEYCLOAK_URL)/$(REALM)
override export COMPOSE_PROFILES := $(if $(COMPOSE_PROFILES),$(COMPOSE_PROFILES)$(comma))idp
SECRETS += --idp
endif
