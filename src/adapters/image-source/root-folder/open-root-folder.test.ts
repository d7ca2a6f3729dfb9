// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openImageSource } from "#image-source";
import { type ImageSource, parseImageConfig, parseManifest, type TarEntry } from "#oci";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-root-"));
  mkdirSync(join(folder, "root"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

interface Read {
  readonly entries: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

async function read(source: ImageSource, onEntry: (entry: TarEntry) => void = () => undefined): Promise<Read> {
  const entries: string[] = [];
  const files: Record<string, string> = {};
  const problems: string[] = [];
  const manifest = parseManifest(source.root.bytes);
  const layer = manifest.kind === "image" ? manifest.layers[0] : undefined;
  await source.readFiles?.(layer as never, {
    onEntry(entry) {
      onEntry(entry);
      entries.push(`${entry.kind} ${entry.path}${entry.link === "" ? "" : ` ${entry.link}`}`);
    },
    select: (entry) => (entry.path.endsWith(".sniff") ? "sniff" : true),
    accepts: (_, head) => Buffer.from(head).toString() === "yes",
    onFile: (entry, bytes) => void (files[entry.path] = Buffer.from(bytes).toString()),
    onProblem: ({ path, message }) => problems.push(`${path}: ${message}`),
  });
  return { entries, files, problems };
}

async function open(): Promise<ImageSource> {
  return await openImageSource(`dir:${join(folder, "root")}`);
}

describe("a root file system", () => {
  it("never leads out of itself", async () => {
    write("secret", "outside");
    write("outside/file", "outside");
    symlinkSync("../secret", join(folder, "root/relative"));
    symlinkSync(join(folder, "secret"), join(folder, "root/absolute"));
    symlinkSync("../outside", join(folder, "root/folder"));
    symlinkSync("loop", join(folder, "root/loop"));
    const { entries, files, problems } = await read(await open());
    expect({ entries, files, problems }).toEqual({
      entries: [
        `symlink absolute ${join(folder, "secret")}`,
        "symlink folder ../outside",
        "symlink loop loop",
        "symlink relative ../secret",
      ],
      files: {},
      problems: [],
    });
  });

  it.each([
    {
      name: "a file that was replaced by a link",
      change: () => {
        rmSync(join(folder, "root/a/file"));
        symlinkSync("/etc/hostname", join(folder, "root/a/file"));
      },
    },
    {
      name: "a folder that was replaced by a link",
      change: () => {
        renameSync(join(folder, "root/a"), join(folder, "moved"));
        symlinkSync("../moved", join(folder, "root/a"));
      },
    },
    {
      name: "a file that became a pipe",
      change: () => {
        rmSync(join(folder, "root/a/file"));
        execFileSync("mkfifo", [join(folder, "root/a/file")]);
      },
    },
    { name: "a file that is gone", change: () => rmSync(join(folder, "root/a/file")) },
  ])("does not read $name meanwhile, and says so", async ({ change }) => {
    write("root/a/file", "inside");
    write("root/b", "still read");
    const { files, problems } = await read(await open(), ({ path }) => {
      if (path === "a/file") {
        change();
      }
    });
    expect(files).toEqual({ b: "still read" });
    expect(problems).toEqual([expect.stringContaining("a/file: cannot be read")]);
  });

  it("reads no pipes, sockets and devices", async () => {
    execFileSync("mkfifo", [join(folder, "root/pipe")]);
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(join(folder, "root/socket"), resolve));
    const { entries, files } = await read(await open());
    await new Promise((resolve) => server.close(resolve));
    expect({ entries, files }).toEqual({ entries: ["fifo pipe", "other socket"], files: {} });
  });

  it("says which files and folders it may not read, and reads the others", async () => {
    write("root/closed/file", "x");
    write("root/open", "y");
    chmodSync(join(folder, "root/closed"), 0);
    const source = await open();
    const { files, problems } = await read(source);
    chmodSync(join(folder, "root/closed"), 0o755);
    // root may read everything
    const isRoot = process.getuid?.() === 0;
    expect(files).toEqual(isRoot ? { "closed/file": "x", open: "y" } : { open: "y" });
    expect(problems).toEqual(isRoot ? [] : ["closed: cannot be read: EACCES"]);
  });

  it("says that a name is not UTF-8, which could hide another", async () => {
    execFileSync("sh", ["-c", String.raw`printf x > "$(printf 'a\377')"`], { cwd: join(folder, "root") });
    expect((await read(await open())).problems).toHaveLength(1);
  });

  it("sniffs, and reads what is accepted", async () => {
    write("root/1.sniff", "yes");
    write("root/2.sniff", "no");
    write("root/3.sniff", "");
    expect((await read(await open())).files).toEqual({ "1.sniff": "yes" });
  });

  it("lists folders in order, hard links as files, modes and owners", async () => {
    write("root/b/x", "1");
    write("root/a.d/x", "1");
    linkSync(join(folder, "root/b/x"), join(folder, "root/a"));
    chmodSync(join(folder, "root/a"), 0o4755);
    const modes: number[] = [];
    const { entries } = await read(await open(), ({ kind, mode }) => kind === "file" && modes.push(mode));
    expect(entries).toEqual(["file a", "folder a.d", "folder b", "file a.d/x", "file b/x"]);
    expect(modes).toEqual([0o4755, 0o644, 0o4755]);
  });

  it("has the same digest as long as nothing changes, and is a Linux image of an unknown machine", async () => {
    write("root/a", "1");
    utimesSync(join(folder, "root/a"), 1, 1);
    const [first, second] = [await open(), await open()];
    write("root/a", "2");
    const third = await open();
    expect(second.root.digest).toBe(first.root.digest);
    expect(third.root.digest).not.toBe(first.root.digest);
    const manifest = parseManifest(first.root.bytes);
    const parts: Uint8Array[] = [];
    if (manifest.kind === "image") {
      for await (const chunk of await first.openBlob(manifest.config)) {
        parts.push(Buffer.from(chunk));
      }
    }
    expect(parseImageConfig(Buffer.concat(parts)).platform).toEqual({ os: "linux", architecture: "unknown" });
  });

  it.each(["dir:/nowhere/at/all", "dir:/etc/hostname"])("refuses %s", async (location) => {
    await expect(openImageSource(location)).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  it("reads a folder as deep as paths can be", async () => {
    const deep = join(folder, "root", ...Array.from({ length: 1_000 }, () => "d"));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "file"), "x");
    expect(Object.keys((await read(await open())).files)).toHaveLength(1);
  });
});
