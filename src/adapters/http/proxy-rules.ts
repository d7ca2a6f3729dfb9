// SPDX-License-Identifier: Apache-2.0
import { isIP } from "node:net";
import { createAddressSet, unbracketed } from "./address-rules.ts";
import { isLoopback } from "./follow-url.ts";

/** Whether a URL goes past the proxy: this machine always, and what NO_PROXY names. */
export function createProxyBypass(noProxy: string): (url: URL) => boolean {
  const entries = noProxy.split(/[,\s]+/).filter((entry) => entry !== "");
  const networks = createAddressSet(entries.filter(isNetwork));
  const names = entries.filter((entry) => !isNetwork(entry)).map((entry) => entry.toLowerCase());
  return (url) => {
    const host = unbracketed(url.hostname);
    return isLoopback(url) || networks.hasAddress(host) || names.some((name) => fits(name, url));
  };
}

function isNetwork(entry: string): boolean {
  return isIP(unbracketed(entry).split("/", 1)[0] ?? "") !== 0;
}

/** `*`, `name`, `.suffix`, `*.suffix`, each perhaps with a port; a name also stands for what is below it, as curl has it. */
function fits(entry: string, url: URL): boolean {
  const [pattern = "", port] = entry.split(":", 2);
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) {
    return false;
  }
  const name = pattern.replace(/^\*?\./, "");
  return pattern === "*" || url.hostname === name || (name !== "" && url.hostname.endsWith(`.${name}`));
}
