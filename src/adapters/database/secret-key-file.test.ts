// SPDX-License-Identifier: Apache-2.0
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder } from "../../../test/support/postgres.ts";
import { isMountedForGroup, readOrCreateSecretKey } from "./secret-key-file.ts";

const HEX = "0123456789abcdef".repeat(4);

describe("the secret key file", () => {
  it("is made with mode 0600 whatever the umask, and read again", async () => {
    const path = join(await createTestFolder(), "a/b/secret.key");
    const umask = process.umask(0);
    const key = await readOrCreateSecretKey(path).finally(() => process.umask(umask));
    expect(key).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readOrCreateSecretKey(path)).toEqual(key);
    expect(await readFile(path, "utf8")).toBe(`${Buffer.from(key).toString("hex")}\n`);
  });

  it("is made once, whoever starts at the same time, and nothing else is left", async () => {
    const folder = await createTestFolder();
    const keys = await Promise.all(Array.from({ length: 8 }, () => readOrCreateSecretKey(join(folder, "secret.key"))));
    expect(new Set(keys.map(String)).size).toBe(1);
    expect(await readdir(folder)).toEqual(["secret.key"]);
  });

  it.each([
    { name: "a line without its end", content: HEX },
    { name: "a line", content: `${HEX}\n` },
  ])("with $name is read", async ({ content }) => {
    const path = join(await createTestFolder(), "secret.key");
    await writeFile(path, content, { mode: 0o600 });
    expect(Buffer.from(await readOrCreateSecretKey(path)).toString("hex")).toBe(HEX);
  });

  it.each([
    { name: "is empty", content: "" },
    { name: "is cut short", content: HEX.slice(1) },
    { name: "goes on", content: `${HEX}\n\n` },
    { name: "goes on for long", content: HEX.repeat(1_000) },
    { name: "has other letters", content: HEX.replace("f", "g") },
    { name: "has bytes", content: "\0".repeat(32) },
  ])("that $name is refused", async ({ content }) => {
    const path = join(await createTestFolder(), "secret.key");
    await writeFile(path, content, { mode: 0o600 });
    await expect(readOrCreateSecretKey(path)).rejects.toMatchObject({ code: "SECRET_KEY_FILE" });
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it.each([0o604, 0o640, 0o644, 0o660, 0o602])("of mode %o is refused, with the command that helps", async (mode) => {
    const path = join(await createTestFolder(), "secret.key");
    await writeFile(path, HEX);
    await chmod(path, mode);
    await expect(readOrCreateSecretKey(path)).rejects.toMatchObject({
      code: "SECRET_KEY_FILE",
      message: expect.stringContaining(`chmod 600 ${path}`) as unknown,
    });
  });

  it("that is a folder, or a link to nowhere, is refused", async () => {
    const folder = await createTestFolder();
    await mkdir(join(folder, "folder"), { mode: 0o700 });
    await symlink(join(folder, "nowhere/else"), join(folder, "link"));
    await expect(readOrCreateSecretKey(join(folder, "folder"))).rejects.toMatchObject({ code: "SECRET_KEY_FILE" });
    await expect(readOrCreateSecretKey(join(folder, "link"))).rejects.toMatchObject({ code: "SECRET_KEY_FILE" });
  });

  it("may be a link to a file, as Kubernetes mounts a Secret", async () => {
    const folder = await createTestFolder();
    await writeFile(join(folder, "data"), HEX, { mode: 0o600 });
    await symlink("data", join(folder, "secret.key"));
    expect(await readOrCreateSecretKey(join(folder, "secret.key"))).toHaveLength(32);
  });

  it.skipIf(process.getuid?.() !== 0)("of another account is read by root", async () => {
    const path = join(await createTestFolder(), "secret.key");
    await writeFile(path, HEX, { mode: 0o600 });
    await chown(path, 65_534, 65_534);
    expect(await readOrCreateSecretKey(path)).toHaveLength(32);
  });
});

describe("a mounted Secret", () => {
  const account = { uid: 65_532, groups: [65_532] };

  it.each([
    { name: "of root for our group", file: { mode: 0o100440, uid: 0, gid: 65_532 }, is: true },
    { name: "that everybody may read", file: { mode: 0o100444, uid: 0, gid: 65_532 }, is: false },
    { name: "that our group may write", file: { mode: 0o100460, uid: 0, gid: 65_532 }, is: false },
    { name: "for another group", file: { mode: 0o100440, uid: 0, gid: 65_533 }, is: false },
    { name: "of another account", file: { mode: 0o100440, uid: 1_000, gid: 65_532 }, is: false },
  ])("$name: $is", ({ file, is }) => {
    expect(isMountedForGroup(file, account)).toBe(is);
    expect(isMountedForGroup(file, { uid: 0, groups: [0, 65_532] })).toBe(false);
  });
});
