// SPDX-License-Identifier: Apache-2.0

/** What a path of the registry names. `name` is not checked yet; `reference` is a tag, a digest or an upload id. */
export type RegistryPath =
  | { readonly kind: "base" | "token" | "catalog" }
  | { readonly kind: "tags" | "uploads"; readonly name: string }
  | { readonly kind: "manifest" | "blob" | "upload" | "referrers"; readonly name: string; readonly reference: string };

/**
 * The meaning of a path, read from its end: a repository may itself be called `a/blobs/uploads/b`. `undefined` when it
 * means nothing here.
 */
export function parseRegistryPath(path: string): RegistryPath | undefined {
  if (path === "/v2/" || path === "/v2") {
    return { kind: "base" };
  }
  if (path === "/token") {
    return { kind: "token" };
  }
  if (path === "/v2/_catalog") {
    return { kind: "catalog" };
  }
  if (!path.startsWith("/v2/")) {
    return undefined;
  }
  const segments = path.slice("/v2/".length).split("/");
  if (segments.at(-1) === "" && segments.at(-2) === "uploads" && segments.at(-3) === "blobs") {
    segments.pop();
  }
  const last = segments.at(-1) ?? "";
  const verb = segments.at(-2) ?? "";
  if (verb === "tags" && last === "list") {
    return { kind: "tags", name: nameBefore(segments, 2) };
  }
  if (verb === "blobs" && last === "uploads") {
    return { kind: "uploads", name: nameBefore(segments, 2) };
  }
  if (verb === "uploads" && segments.at(-3) === "blobs") {
    return withReference("upload", nameBefore(segments, 3), last);
  }
  switch (verb) {
    case "manifests":
      return withReference("manifest", nameBefore(segments, 2), last);
    case "blobs":
      return withReference("blob", nameBefore(segments, 2), last);
    case "referrers":
      return withReference("referrers", nameBefore(segments, 2), last);
    default:
      return undefined;
  }
}

function nameBefore(segments: readonly string[], count: number): string {
  return segments.slice(0, -count).join("/");
}

/** Some clients write the colon of a digest as `%3A`. Nothing decoded here is ever used as a path. */
function withReference(
  kind: "manifest" | "blob" | "upload" | "referrers",
  name: string,
  text: string,
): RegistryPath | undefined {
  if (!text.includes("%")) {
    return { kind, name, reference: text };
  }
  try {
    return { kind, name, reference: decodeURIComponent(text) };
  } catch {
    return undefined;
  }
}
