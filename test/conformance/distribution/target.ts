// SPDX-License-Identifier: Apache-2.0

/** Where the suite is pointed at instead of at a registry of its own. */
export interface ForeignTarget {
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** `HAECHI_CONFORMANCE_URL`, with `HAECHI_CONFORMANCE_USERNAME` and `HAECHI_CONFORMANCE_PASSWORD` where it asks for them. */
export function foreignTarget(): ForeignTarget | undefined {
  const url = process.env["HAECHI_CONFORMANCE_URL"];
  const username = process.env["HAECHI_CONFORMANCE_USERNAME"];
  const password = process.env["HAECHI_CONFORMANCE_PASSWORD"];
  if (url === undefined) {
    return undefined;
  }
  return username === undefined || password === undefined ? { url } : { url, credentials: { username, password } };
}

/** Whether the results of this run are written down, for the page. */
export function isKeepingResults(): boolean {
  return process.env["HAECHI_CONFORMANCE_KEEP"] === "1";
}
