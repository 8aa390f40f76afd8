export const STYLESHEET = `
:root { --ink:#1c2431; --soft:#667085; --line:#e4e8ef; --brand:#2468d9; --brand-dark:#1b52b0; --good:#0f8a5f; --warn:#b25e02; --bad:#c8372d; --paper:#fff; --ground:#f3f5f9; }
* { box-sizing:border-box; }
body { margin:0; background:var(--ground); color:var(--ink); font:15px/1.6 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif; }
.top { background:var(--paper); border-bottom:1px solid var(--line); }
.top div { max-width:1080px; margin:0 auto; padding:0 24px; height:58px; display:flex; align-items:center; gap:28px; }
.top .mark { font-weight:700; color:var(--ink); display:flex; align-items:center; gap:10px; }
.top .mark::before { content:"企"; background:var(--brand); color:#fff; border-radius:8px; width:28px; height:28px; display:grid; place-items:center; font-size:15px; }
button i { font-style:normal; opacity:.72; font-size:.85em; margin-left:7px; }
.top a { white-space:nowrap; color:var(--soft); text-decoration:none; font-size:14px; }
.top a:hover, .top a.here { color:var(--brand); }
.top .tag { margin-left:auto; color:var(--warn); background:#fff5e6; border-radius:99px; padding:2px 12px; font-size:12px; }
main { max-width:1080px; margin:0 auto; padding:28px 24px 64px; }
h1 { font-size:24px; line-height:1.3; margin:0 0 20px; }
h2 { font-size:17px; margin:0 0 14px; } h3 { font-size:14px; font-weight:500; margin:14px 0 4px; }
.card > :first-child { margin-top:0; } .card > :last-child, .card > form > :last-child, .card > p:last-child > form.line { margin-bottom:0; }
small.en { display:block; color:var(--soft); font-weight:400; font-size:12px; line-height:1.35; }
h1 small.en { font-size:14px; margin-top:2px; }
a { color:var(--brand); }
.crumbs { color:var(--soft); font-size:13px; margin:0 0 10px; }
.card { background:var(--paper); border:1px solid var(--line); border-radius:12px; padding:22px 24px; margin:0 0 18px; }
.card.danger { border-color:#f3c9c5; }
.grid { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr)); gap:18px; margin-bottom:18px; }
.grid .card { margin:0; }
.door { text-decoration:none; color:inherit; display:block; }
.door:hover { border-color:var(--brand); }
.door p { color:var(--soft); margin:6px 0 0; }
dl { display:grid; grid-template-columns:180px 1fr; gap:10px 18px; margin:0; }
dt { color:var(--soft); font-size:13.5px; } dd { margin:0; overflow-wrap:anywhere; }
code { font:13px/1.5 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace; background:#f2f4f8; border-radius:5px; padding:2px 6px; overflow-wrap:anywhere; }
table { width:100%; border-collapse:collapse; font-size:14px; }
th { text-align:left; color:var(--soft); font-weight:500; font-size:13px; border-bottom:1px solid var(--line); padding:6px 12px 8px 0; vertical-align:bottom; }
td { border-bottom:1px solid #eff2f6; padding:10px 12px 10px 0; vertical-align:top; }
tr:last-child td { border-bottom:0; }
td code { white-space:nowrap; } .scroll table { min-width:600px; } td .pill + small, td form.line { margin-bottom:4px; }
.scroll { overflow-x:auto; }
.pill { display:inline-block; white-space:nowrap; border-radius:99px; padding:1px 10px; font-size:12.5px; background:#eef1f6; color:var(--soft); }
.pill.good { background:#e5f6ee; color:var(--good); } .pill.warn { background:#fff2de; color:var(--warn); } .pill.bad { background:#fdeceb; color:var(--bad); }
form.line { display:inline-flex; gap:8px; align-items:center; margin:0 6px 6px 0; }
form.stack { display:grid; gap:14px; max-width:640px; }
label { display:block; font-size:14px; } label > span { display:block; margin-bottom:5px; }
label.check span { min-width:0; overflow-wrap:anywhere; } label.check { display:flex; gap:9px; align-items:flex-start; padding:5px 0; } label.check input { margin-top:6px; }
input[type=text], input:not([type]), select, textarea { width:100%; font:inherit; color:inherit; padding:8px 11px; border:1px solid #cdd4df; border-radius:8px; background:#fff; }
input:focus, select:focus, textarea:focus { outline:2px solid #bcd3fb; border-color:var(--brand); }
.choices { display:grid; grid-template-columns:repeat(auto-fill,minmax(210px,1fr)); gap:0 16px; }
button, a.button { font:inherit; font-size:14px; border:0; border-radius:8px; padding:8px 18px; background:var(--brand); color:#fff; cursor:pointer; text-decoration:none; display:inline-block; white-space:nowrap; }
button:hover, a.button:hover { background:var(--brand-dark); }
button.plain { background:#eef2f9; color:var(--brand); } button.plain:hover { background:#e0e8f6; }
button.bad { background:#fdeceb; color:var(--bad); } button.bad:hover { background:#fadbd8; }
button.small { padding:4px 12px; font-size:13px; }
button.wide { width:100%; padding:12px; font-size:16px; }
.error { background:#fdeceb; color:#8f231b; border:1px solid #f3c9c5; border-radius:10px; padding:12px 16px; margin:0 0 18px; }
.error ul { margin:4px 0 0; padding-left:20px; }
.note { background:#e9f2ff; color:#174a9c; border-radius:10px; padding:12px 16px; margin:0 0 18px; }
.soft { color:var(--soft); } .empty { color:var(--soft); padding:8px 0; }
.qr { display:flex; gap:24px; align-items:center; flex-wrap:wrap; } .qr svg { width:170px; height:170px; border:1px solid var(--line); border-radius:10px; }
.narrow { max-width:480px; margin:0 auto; }
.narrow .logo { width:64px; height:64px; border-radius:16px; background:linear-gradient(135deg,#4d8df6,#2257c9); color:#fff; display:grid; place-items:center; font-size:26px; font-weight:600; margin:4px auto 12px; }
.center { text-align:center; }
.done { width:64px; height:64px; border-radius:50%; background:#e5f6ee; color:var(--good); display:grid; place-items:center; font-size:30px; margin:8px auto 14px; }
ul.ticks { list-style:none; padding:0; margin:0; } ul.ticks li { padding:5px 0 5px 26px; position:relative; } ul.ticks li::before { content:"✓"; color:var(--good); position:absolute; left:4px; }
ul.plain { list-style:none; padding:0; margin:0; } ul.plain li { padding:4px 0; }
ul.lines li { border-bottom:1px solid #eff2f6; padding:10px 0; } ul.lines li:first-child { padding-top:0; } ul.lines li:last-child { border-bottom:0; padding-bottom:0; } ul.lines .soft { font-size:13.5px; }
details { border-top:1px solid #eff2f6; padding:6px 0; } summary { cursor:pointer; padding:4px 0; }
.talk { display:grid; gap:12px; } .talk .said, .talk .reply { max-width:78%; border-radius:12px; padding:9px 14px; overflow-wrap:anywhere; white-space:pre-wrap; }
.talk .said { justify-self:end; background:#dcebff; } .talk .reply { justify-self:start; background:#f2f4f8; } .talk .fate { justify-self:end; font-size:12.5px; margin-top:-8px; }
h2.later { margin-top:18px; }
.apps { display:grid; gap:10px; } .app { border:1px solid var(--line); border-radius:10px; padding:12px 14px; }
@media (max-width:640px) { dl { grid-template-columns:1fr; gap:2px; } dd { margin-bottom:10px; } .top div { gap:18px; padding:0 16px; overflow-x:auto; } .top .tag { display:none; } main { padding:20px 16px 48px; } }
`;
