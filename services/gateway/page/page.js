const TEXT = {
  zh: {
    title: "金鼎 · 区社会治理中心", subtitle: "平安建设数据看板", docs: "接口文档", other: "English",
    skip: "跳到指标", persona: "演示身份", from: "起始日期", to: "截止日期", show: "查看",
    token: "本系统未启用演示身份，请粘贴访问令牌（Bearer）", thisYear: "今年", townships: "乡镇（街道）",
    footer: "数据每 5 秒自动更新，来自网关自己的投影；各部分分别注明数据时间。",
    grid: "网格管理", disputes: "矛盾纠纷化解", inspection: "安全生产体检", training: "消防安全培训",
    asOf: (ago) => `数据截至 ${ago}`, second: (n) => `${n} 秒前`, minute: (n) => `${n} 分钟前`,
    hour: (n) => `${n} 小时前`, day: (n) => `${n} 天前`, stale: (why) => `已过时：${why}`,
    never_read: "尚无数据", service_unreachable: "服务无法访问", event_log_unreachable: "事件日志无法访问",
    projection_behind: "正在追赶更新", watermark_not_running: "更新任务未运行", service_behind: "服务发布滞后",
    dead_letters: "有事件未能计入", reading_stopped: "事件日志有缺失，读取已停止", period: (from, to) => `${from} 至 ${to}`, caption: (section) => `${section}：各乡镇（街道）指标`,
    area: "区域", total: "全区合计", ofWhich: "其中", none: "—",
    noRows: "您的职责范围内没有整个乡镇（街道）。", choose: "选择指标组", loading: "正在读取……",
    offline: "暂时无法连接，显示的是最后一次读到的数据。", refused: (why) => `未能读取：${why}`, noArea: "该令牌没有区县范围。",
    backwards: "截止日期早于起始日期。", change: (from, to, by) => `期初 ${from} → 期末 ${to}（${by}）`,
  },
  en: {
    title: "Jinding · District governance centre", subtitle: "Peace-and-safety figures", docs: "API documentation",
    other: "中文", skip: "Skip to the figures", persona: "Persona", from: "From", to: "To", show: "Show",
    token: "This system has no personas; paste a bearer token", thisYear: "This year", townships: "Townships",
    footer: "Refreshed every 5 seconds from the gateway's own projections; each section tells its own age.",
    grid: "Grid management", disputes: "Disputes", inspection: "Safety check-ups", training: "Fire safety training",
    asOf: (ago) => `As of ${ago}`, second: (n) => `${n} s ago`, minute: (n) => `${n} min ago`,
    hour: (n) => `${n} h ago`, day: (n) => `${n} d ago`, stale: (why) => `stale: ${why}`,
    never_read: "no data yet", service_unreachable: "the service cannot be reached", projection_behind: "still catching up",
    event_log_unreachable: "the event log cannot be reached", watermark_not_running: "the updating task is not running",
    service_behind: "the service publishes late", dead_letters: "some events could not be counted", reading_stopped: "the event log has lost events, reading has stopped", period: (from, to) => `${from} to ${to}`, caption: (section) => `${section}: figures by township`,
    area: "Area", total: "Whole district", ofWhich: "of which", none: "—",
    noRows: "No whole township lies within your scope.", choose: "Group of figures", loading: "Reading …",
    offline: "No connection; these are the figures last read.", refused: (why) => `Not read: ${why}`,
    noArea: "The token covers no district.", backwards: "The end lies before the start.", change: (from, to, by) => `start ${from} → end ${to} (${by})`,
  },
};
const HEADLINE = [["grid", "reports_closed"], ["disputes", "cases_settled"], ["inspection", "hazards_closed"], ["training", "people_trained"]];
const EVERY_MS = 5000;
const $ = (id) => document.getElementById(id);
const state = { lang: "zh", personas: [], token: null, district: null, codes: {}, answer: null, etag: null, drawn: "", section: "grid", skew: 0, asked: 0 };

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}
const t = (name, ...values) => {
  const text = TEXT[state.lang][name] ?? name;
  return typeof text === "function" ? text(...values) : text;
};
const number = (value) => (value === null ? t("none") : value.toLocaleString(state.lang === "zh" ? "zh-CN" : "en"));
const percent = (value) => (value === null ? t("none") : `${(value * 100).toFixed(1)}%`);
const isRate = (figure) => figure.denominator !== null;
const valueOf = (figure) => (isRate(figure) ? percent(figure.value) : number(figure.value));
const unread = (figures) => Object.fromEntries(Object.keys(figures).map((name) => [name, { value: null, denominator: null }]));
const figuresOf = ({ status, figures }) => (status === "unavailable" ? unread(figures) : figures); // not zeros: nothing was read
const label = (table, code) => state.codes[table]?.find((entry) => entry.code === code)?.[state.lang] ?? code;
const [nameOf, noteOf] = [0, 1].map((part) => (figure) => label("figure", figure).split(/：|: /)[part]);

async function call(path, headers = {}, body) {
  const asked = { "Accept-Language": state.lang === "zh" ? "zh-CN" : "en", ...headers };
  if (state.token) asked.Authorization = `Bearer ${state.token}`;
  if (body) asked["Content-Type"] = "application/json";
  const answer = await fetch(path, { method: body ? "POST" : "GET", headers: asked, body: body && JSON.stringify(body), cache: "no-store" });
  if (answer.ok || answer.status === 304) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? `HTTP ${answer.status}`), { status: answer.status });
}

function notice(text) {
  $("notice").hidden = !text;
  if ($("notice").textContent !== text) $("notice").textContent = text;
}

function details(figure) {
  if (isRate(figure)) return `${number(figure.numerator)} / ${number(figure.denominator)}`;
  if (figure.start === undefined) return null;
  const change = figure.change_percent;
  const sign = change === null || change === 0 ? "" : change > 0 ? "▲ +" : "▼ −";
  const told = change === null ? t("none") : `${sign}${number(Math.abs(change))}%`;
  return t("change", number(figure.start), number(figure.end), told);
}

function card(name, figure, whole = true) {
  const more = whole ? [details(figure), noteOf(name)].filter(Boolean) : [];
  const parts = whole ? Object.entries(figure.by ?? {}) : [];
  return el("div", { class: "card", "data-figure": name }, el("dt", null, nameOf(name)),
    el("dd", { class: "number" }, valueOf(figure)),
    ...more.map((text) => el("dd", { class: "more" }, text)),
    parts.length ? el("dd", { class: "more" }, el("ul", { class: "parts", "aria-label": t("ofWhich") },
      ...parts.map(([code, n]) => el("li", null, el("span", null, label("finder", code)), el("span", null, number(n)))))) : null);
}

function drawFigures() {
  const { sections, name, period } = state.answer;
  $("area").textContent = name;
  $("period").textContent = t("period", period.from, period.to);
  $("headline").replaceChildren(...HEADLINE.map(([section, figure]) => card(figure, figuresOf(sections[section])[figure], false)));
  $("figures").replaceChildren(...Object.entries(sections).map(([section, told]) =>
    el("section", { class: "section", "aria-labelledby": `h-${section}` },
      el("div", null, el("h3", { id: `h-${section}` }, t(section)), el("span", { class: "age", "data-age": section })),
      el("dl", { class: "cards" }, ...Object.entries(figuresOf(told)).map(([name, figure]) => card(name, figure))))));
}

function drawTownships() {
  const { rows, sections } = state.answer;
  const names = Object.keys(sections[state.section].figures);
  $("choice").replaceChildren(...Object.keys(sections).map((section) => {
    const chosen = el("button", { type: "button", "aria-pressed": section === state.section }, t(section));
    chosen.addEventListener("click", () => {
      state.section = section;
      drawTownships();
      $("choice").querySelector("[aria-pressed=true]").focus();
    });
    return chosen;
  }));
  $("choice").setAttribute("aria-label", t("choose"));
  $("townships").setAttribute("aria-label", t("townships"));
  if (!rows.length) return $("townships").replaceChildren(el("p", { class: "quiet" }, t("noRows")));
  const line = (text, from) => el("tr", null, el("th", { scope: "row" }, text), ...names.map((name) => {
    const figure = figuresOf(from[state.section])[name];
    return el("td", isRate(figure) ? { title: details(figure) } : null, valueOf(figure));
  }));
  $("townships").replaceChildren(el("table", null, el("caption", null, t("caption", t(state.section))),
    el("thead", null, el("tr", null, el("th", { scope: "col" }, t("area")), ...names.map((name) => el("th", { scope: "col" }, nameOf(name))))),
    el("tbody", null, ...rows.map((row) => line(row.name, row.sections))),
    el("tfoot", null, line(t("total"), sections))));
}

function drawAges() {
  for (const place of state.answer ? document.querySelectorAll("[data-age]") : []) {
    const { status, reason, as_of } = state.answer.sections[place.dataset.age];
    const seconds = Math.max(0, Math.round((Date.now() + state.skew - Date.parse(as_of)) / 1000));
    const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, s]) => seconds >= 2 * s) ?? ["second", 1];
    const told = as_of === null ? [] : [t("asOf", t(unit, Math.floor(seconds / size)))];
    if (status !== "fresh") told.push(status === "stale" ? t("stale", t(reason)) : t(reason));
    place.className = `age ${status}`;
    place.textContent = told.join(" · ");
  }
}

function draw() {
  if (!state.answer) return;
  const { rows, name, period } = state.answer;
  const figures = ({ sections }) => Object.values(sections).map(figuresOf);
  const now = JSON.stringify([state.lang, name, period, figures(state.answer), rows.map(figures)]);
  if (now !== state.drawn) {
    drawFigures();
    drawTownships();
    state.drawn = now;
  }
  $("shown").hidden = false;
  drawAges();
}

async function refresh() {
  if (!state.token || !state.district) return;
  const turn = ++state.asked;
  const query = new URLSearchParams({ from: $("from").value, to: $("to").value, group_by: "township" });
  try {
    const answer = await call(`/v1/districts/${state.district}/dashboard?${query}`, state.etag ? { "If-None-Match": state.etag } : {});
    if (turn !== state.asked) return;
    state.skew = Date.parse(answer.headers.get("Date")) - Date.now() || 0;
    if (answer.status === 200) {
      const told = await answer.json();
      if (turn !== state.asked) return;
      [state.answer, state.etag] = [told, answer.headers.get("ETag")];
    }
    notice("");
    draw();
  } catch (error) {
    if (turn !== state.asked) return;
    if (error.status === 401) state.token = null;
    notice(error.status ? t("refused", error.message) : t("offline"));
  }
}

/** Become whom the form names: get a token, learn the district and the labels, and show the figures. */
async function enter() {
  const turn = ++state.asked;
  Object.assign(state, { token: null, district: null, etag: null, answer: null, drawn: "" });
  $("shown").hidden = true;
  notice(t("loading"));
  try {
    const token = state.personas.length
      ? (await (await call("/dev/token", {}, { persona: $("persona").value })).json()).access_token
      : $("token").value.trim();
    if (turn !== state.asked) return;
    if (!token) return notice("");
    state.token = token;
    const [me, codes] = await Promise.all(["/v1/me", "/v1/codes"].map(async (path) => (await call(path)).json()));
    if (turn !== state.asked) return;
    [state.codes, state.district] = [codes, me.areas.find((area) => area.length >= 6)?.slice(0, 6)];
    if (!state.district) return notice(t("noArea"));
    await refresh();
  } catch (error) {
    if (turn !== state.asked) return;
    state.token = null;
    notice(error.status ? t("refused", error.message) : t("offline"));
  }
}

function choosePeriod(from, to) {
  [$("from").value, $("to").value] = [from, to];
  history.replaceState(null, "", `#${from}/${to}`);
  state.etag = null;
}

function speak(lang) {
  state.lang = lang;
  localStorage.setItem("lang", lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = t(place.dataset.text);
  document.title = t("title");
  $("language").textContent = t("other");
  $("language").lang = lang === "zh" ? "en" : "zh-CN";
  for (const option of $("persona").options) option.textContent = state.personas.find(({ id }) => id === option.value).label[lang];
  draw();
}

async function begin() {
  const today = new Date().toLocaleDateString("sv", { timeZone: "Asia/Shanghai" }); // 2026-01-31
  const year = (name) => (name === "now" ? [`${today.slice(0, 4)}-01-01`, today] : [`${name}-01-01`, `${name}-12-31`]);
  const named = location.hash.match(/^#(\d{4})$|^#(\d{4}-\d\d-\d\d)\/(\d{4}-\d\d-\d\d)$/);
  choosePeriod(...(named ? (named[1] ? year(named[1]) : named.slice(2)) : year("now")));
  $("language").addEventListener("click", () => speak(state.lang === "zh" ? "en" : "zh"));
  $("persona").addEventListener("change", enter);
  const jump = ({ target }) => {
    choosePeriod(...year(target.dataset.year));
    refresh();
  };
  for (const button of document.querySelectorAll("[data-year]")) button.addEventListener("click", jump);
  $("asking").addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("to").value < $("from").value) return notice(t("backwards"));
    choosePeriod($("from").value, $("to").value);
    (state.token && state.personas.length ? refresh : enter)();
  });
  try {
    state.personas = (await (await call("/dev/personas")).json()).items;
  } catch { /* no development issuer: a token is pasted */ }
  $("persona").replaceChildren(...state.personas.map(({ id }) => el("option", { value: id })));
  $("persona-field").hidden = !state.personas.length;
  $("token-field").hidden = state.personas.length > 0;
  speak(localStorage.getItem("lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  if (state.personas.length) await enter();
  setInterval(drawAges, 1000);
  setInterval(() => (state.token || !state.personas.length ? document.hidden || refresh() : enter()), EVERY_MS);
}

begin();
