import type { Plugin } from "vite";

/** While it serves sources, Vite puts styles into the page as elements, so that they change as they are edited; the policy
 *  of the built app forbids that. */
export function developmentPolicy(): Plugin {
  return {
    name: "development-policy",
    apply: "serve",
    transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
  };
}
