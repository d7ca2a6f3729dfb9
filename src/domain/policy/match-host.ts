// SPDX-License-Identifier: Apache-2.0
import { matchesWildcard } from "#base";

/**
 * Whether a registry host (with port) fits the host part of a name. A `*` never lets the host go on to the right, and
 * what follows a `*` begins at a label: `icr.io*` is not `icr.io.evil.com` and `*icr.io` is not `evilicr.io`
 * (gate.md, "deliberately different from Portieris"). The port belongs to the host: `registry/x` is not `registry:5000/x`;
 * a `*` at the end leaves the port open.
 */
export function matchesHost(pattern: string, host: string): boolean {
  const closed = withoutTrailingStars(pattern.toLowerCase());
  if (closed === "") {
    return true;
  }
  const isOpen = closed.length < pattern.length;
  const wanted = splitPort(closed);
  const given = splitPort(host.toLowerCase());
  return (
    matchesPort(wanted.port, given.port, isOpen) &&
    matchesHostname(withoutTrailingStars(wanted.hostname), given.hostname)
  );
}

function matchesPort(wanted: string | undefined, given: string | undefined, isOpen: boolean): boolean {
  if (wanted === undefined) {
    return given === undefined || isOpen;
  }
  if (given === undefined) {
    return false;
  }
  return (wanted === "" && isOpen) || matchesWildcard(wanted, given);
}

function matchesHostname(pattern: string, hostname: string): boolean {
  if (pattern === "") {
    return true;
  }
  if (!matchesWildcard(pattern, hostname)) {
    return false;
  }
  const star = pattern.lastIndexOf("*");
  if (star === -1) {
    return true;
  }
  const ending = pattern.slice(star + 1);
  const start = hostname.length - ending.length;
  return start === 0 || ending.startsWith(".") || hostname[start - 1] === ".";
}

function withoutTrailingStars(pattern: string): string {
  let end = pattern.length;
  while (end > 0 && pattern[end - 1] === "*") {
    end -= 1;
  }
  return pattern.slice(0, end);
}

function splitPort(host: string): { readonly hostname: string; readonly port?: string } {
  const colon = host.indexOf(":", host.startsWith("[") ? host.indexOf("]") + 1 : 0);
  return colon === -1 ? { hostname: host } : { hostname: host.slice(0, colon), port: host.slice(colon + 1) };
}
