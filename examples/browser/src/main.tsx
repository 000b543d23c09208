import { render } from "preact";
import { App } from "./app/App.tsx";
import { countRequests } from "./app/sent.ts";
import { applyTheme } from "./app/theme.ts";
import { start } from "./app/start.ts";
import { workOffline } from "./offline/register.ts";
import "./app/base.css";
import "./app/controls.css";
import "./app/frame.css";

countRequests();
applyTheme();
render(<App />, document.getElementById("app")!);
start();
workOffline();
