// SPDX-License-Identifier: Apache-2.0

/** Query parameters that may appear in logs and errors; every other value is replaced. */
const SAFE_QUERY_PARAMETERS = new Set(["scope", "service", "n", "last", "digest", "mount", "from", "artifactType"]);

/** The URL without user information, fragment, and values of query parameters that are not known to be harmless. */
export function redactUrl(url: URL | string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return "[invalid URL]";
  }
  parsed.username = "";
  parsed.password = "";
  parsed.hash = "";
  for (const name of [...parsed.searchParams.keys()]) {
    if (!SAFE_QUERY_PARAMETERS.has(name)) {
      parsed.searchParams.set(name, "REDACTED");
    }
  }
  return parsed.toString();
}

/** Text with user information in URLs, and bearer and basic credentials, replaced. */
export function redactText(text: string): string {
  return text
    .replaceAll(/\/\/[^\s/@]{1,512}@/g, "//REDACTED@")
    .replaceAll(/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi, "$1 REDACTED");
}
