// SPDX-License-Identifier: Apache-2.0

/**
 * Keys and values of a Java properties file, as far as Maven writes them: `key=value`, `key:value`, comments, spaces
 * around; no continued lines. The first of equal keys counts.
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const trimmed = line.trim();
    const end = trimmed.search(/[=:]/);
    if (end > 0 && trimmed[0] !== "#" && trimmed[0] !== "!") {
      const key = trimmed.slice(0, end).trim();
      if (!found.has(key)) {
        found.set(key, trimmed.slice(end + 1).trim());
      }
    }
  }
  return found;
}

/** The main attributes of a manifest (JAR File Specification): up to the first empty line, with continued lines joined. */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let key = "";
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === "") {
      break;
    }
    if (line.startsWith(" ")) {
      found.set(key, (found.get(key) ?? "") + line.slice(1));
    } else {
      const colon = line.indexOf(":");
      key = line.slice(0, Math.max(0, colon));
      found.set(key, line.slice(colon + 1).trim());
    }
  }
  return found;
}
