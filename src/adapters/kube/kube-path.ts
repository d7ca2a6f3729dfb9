// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { KubeError } from "./errors.ts";
import type { KubePlace } from "./kube-client.ts";

/** The path of an object or list. Throws `INVALID` for a name that would lead elsewhere. */
export function kubePath(place: KubePlace, query: Readonly<Record<string, string>> = {}): string {
  const { group, version, plural, isNamespaced } = place.resource;
  if (place.namespace !== undefined && !isNamespaced) {
    throw new KubeError("INVALID", `${plural} have no namespace`);
  }
  const segments = [
    ...(group === "" ? ["api"] : ["apis", group]),
    version,
    ...(place.namespace === undefined ? [] : ["namespaces", place.namespace]),
    plural,
    ...(place.name === undefined ? [] : [place.name]),
    ...(place.subResource === undefined ? [] : [place.subResource]),
  ];
  return `/${segments.map(segment).join("/")}${queryText(query)}`;
}

/** `?a=b`, or nothing. */
export function queryText(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}

/** Names come from objects that tenants write: `..` or `a/b` would be another object (RFC 3986, section 5.2.4). */
function segment(text: string): string {
  if (text === "" || text === "." || text === ".." || text.includes("/") || text.includes("\\")) {
    throw new KubeError("INVALID", `expected the name of a Kubernetes object, found ${quote(text)}`);
  }
  return encodeURIComponent(text);
}
