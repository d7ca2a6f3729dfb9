// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { redactText, redactUrl } from "#base";

/** One element of a list of pairs, written `NAME=VALUE`. */
export interface NamedValue {
  readonly name: string;
  /** An absolute path or a URL, by the setting. */
  readonly value: string;
}

/** What the parts of a pair have to be. */
export interface PairForm {
  readonly name: "word" | "registry" | "repository-prefix";
  readonly value: "file" | "url" | "file-or-url";
}

const NAMES: Readonly<Record<PairForm["name"], { readonly form: RegExp; readonly expected: string }>> = {
  word: { form: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, expected: "a name of letters, digits, dots, - and _" },
  registry: {
    form: /^(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::\d{1,5})?$/,
    expected: "a registry as host or host:port",
  },
  "repository-prefix": {
    form: /^(?:\*|[a-z0-9][a-z0-9._/-]{0,254})?$/,
    expected: "the beginning of repository names, such as team/, or * for all",
  },
};

const WRITTEN_NAMES: Readonly<Record<PairForm["name"], string>> = {
  word: "NAME",
  registry: "REGISTRY",
  "repository-prefix": "PREFIX",
};
const WRITTEN_VALUES: Readonly<Record<PairForm["value"], string>> = {
  file: "FILE",
  url: "URL",
  "file-or-url": "FILE-or-URL",
};

/** Reads `NAME=VALUE,…`; files are resolved against `baseDir`. Returns the first problem instead of throwing. */
export function parsePairs(
  text: string,
  form: PairForm,
  baseDir: string,
): { readonly value: readonly NamedValue[] } | { readonly problem: string } {
  const pairs: NamedValue[] = [];
  for (const item of text.split(",").map((each) => each.trim())) {
    if (item !== "") {
      const pair = parsePair(item, form, baseDir);
      if ("problem" in pair) {
        return pair;
      }
      if (pairs.some((each) => each.name === pair.name)) {
        return { problem: `names "${pair.name}" twice` };
      }
      pairs.push(pair);
    }
  }
  return { value: pairs };
}

function parsePair(item: string, form: PairForm, baseDir: string): NamedValue | { readonly problem: string } {
  const at = item.indexOf("=");
  const [written, value] = [item.slice(0, at), item.slice(at + 1)];
  const name = written === "" && form.name === "repository-prefix" ? "*" : written;
  if (at === -1 || value === "") {
    const expected = `${WRITTEN_NAMES[form.name]}=${WRITTEN_VALUES[form.value]}`;
    return { problem: `expected ${expected}, found "${redactText(item).slice(0, 200)}"` };
  }
  if (!NAMES[form.name].form.test(name)) {
    return { problem: `expected ${NAMES[form.name].expected} before "=", found "${name.slice(0, 200)}"` };
  }
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  if (form.value === "file" || (form.value === "file-or-url" && !isUrl)) {
    return { name, value: resolve(baseDir, value) };
  }
  const url = URL.parse(value);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "") {
    const found = redactUrl(value).slice(0, 200);
    return { problem: `expected an http or https URL without credentials behind "${name}=", found "${found}"` };
  }
  return { name, value };
}
