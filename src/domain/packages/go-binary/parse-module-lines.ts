// SPDX-License-Identifier: Apache-2.0

/** A module that a program was built with. */
export interface GoModule {
  readonly path: string;
  /** `v1.2.3`, a pseudo-version, `(devel)` for what was built from a folder, or empty. */
  readonly version: string;
}

/** The module lines of a program, read. */
export interface ModuleLines {
  /** The package of the program, e.g. `example.com/tool/cmd/tool`; `command-line-arguments` when built from files. */
  readonly packagePath: string;
  readonly main: GoModule | undefined;
  /** Modules as they were built: what a `replace` names instead counts. */
  readonly dependencies: readonly GoModule[];
  /** Value of the `-ldflags` setting. */
  readonly linkerFlags: string;
}

/** Reads what `runtime/debug.BuildInfo.String` writes. Lines of other kinds are passed over. */
export function parseModuleLines(text: string): ModuleLines {
  let packagePath = "";
  let main: GoModule | undefined;
  let linkerFlags = "";
  let last: "main" | "dependency" | undefined;
  const dependencies: GoModule[] = [];
  for (const line of text.split("\n")) {
    const [kind, path = "", version = ""] = line.split("\t", 4);
    if (kind === "path") {
      packagePath = path;
    } else if (kind === "mod") {
      main = { path, version };
      last = "main";
    } else if (kind === "dep") {
      dependencies.push({ path, version });
      last = "dependency";
    } else if (kind === "=>" && last !== undefined) {
      const replaced = last === "main" ? main : dependencies.pop();
      const module = replacement(replaced as GoModule, { path, version });
      if (last === "main") {
        main = module;
      } else {
        dependencies.push(module);
      }
      last = undefined;
    } else if (kind === "build" && path.startsWith("-ldflags=")) {
      linkerFlags = unquote(path.slice("-ldflags=".length));
    }
  }
  return { packagePath, main, dependencies, linkerFlags };
}

/** A module from a folder (`./x`, `/x`) is the one that was asked for, in a version that nobody knows. */
function replacement(replaced: GoModule, by: GoModule): GoModule {
  return /^\.{0,2}\//.test(by.path) || by.version === "" ? { path: replaced.path, version: "(devel)" } : by;
}

/** A setting with spaces or quotes is written as a Go string, which for these is a JSON string. */
function unquote(value: string): string {
  if (!value.startsWith('"')) {
    return value;
  }
  try {
    return String(JSON.parse(value));
  } catch {
    // an escape that JSON does not have: no flag that is of use here is written so
    return "";
  }
}
