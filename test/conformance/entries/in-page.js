import "./copied-files.js";
import "./page.js";
