// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ForeignRegistry } from "../../../../test/support/foreign-registry.ts";
import { createTestFolder } from "../../../../test/support/postgres.ts";
import { accessAs, cleanScan, IMAGE, OTHER_IMAGE, outcomeOf } from "../../../../test/support/remote-world.ts";
import { codesOf, useForeignRegistry } from "../../../../test/support/use-foreign-registry.ts";

let registry: ForeignRegistry;
const gate = useForeignRegistry((started) => {
  registry = started;
});

describe("credentials", () => {
  beforeEach(() => {
    registry.push("private/app", "1", IMAGE);
    registry.accounts.set("private/app", { a: "secret-of-a", b: "secret-of-b" });
  });

  it("of one namespace do not let another know the image", async () => {
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }) });
    const reference = registry.reference("private/app:1");
    const first = await ask(reference, { access: accessAs("a", "secret-of-a", registry.host) });
    expect(first.verdict.outcome).toBe("allow");
    for (const each of [reference, `${registry.host}/private/app@${IMAGE.manifest.digest}`]) {
      const { verdict } = await ask(each, { namespace: "other" });
      expect(outcomeOf(verdict)).toBe("undecided REGISTRY_REFUSED");
    }
    const wrong = await ask(first.pinned ?? "", { access: accessAs("a", "guessed", registry.host) });
    expect(codesOf(wrong.verdict)).toEqual(["REGISTRY_REFUSED"]);
  });

  it("of another namespace that may read it need no more than a look, and no second scan", async () => {
    const count = { scans: 0 };
    const { ask } = await gate({ scan: cleanScan(count) });
    const { pinned = "" } = await ask(registry.reference("private/app:1"), {
      access: accessAs("a", "secret-of-a", registry.host),
    });
    registry.asked.length = 0;
    const access = accessAs("b", "secret-of-b", registry.host);
    const { verdict } = await ask(pinned, { namespace: "other", access });
    expect(verdict.outcome).toBe("allow");
    expect(new Set(registry.asked)).toEqual(new Set([`HEAD /v2/private/app/manifests/${IMAGE.manifest.digest}`]));
    expect(count.scans).toBe(1);
  });

  it("are tried one after the other, and the one that was let in first the next time", async () => {
    const files = ["x:1", "y:2", "b:secret-of-b"].map((auth) =>
      JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from(auth).toString("base64") } } }),
    );
    const access = { key: "three", credentialFiles: () => Promise.resolve(files) };
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }) });
    const { verdict } = await ask(registry.reference("private/app:1"), { access });
    expect(verdict.outcome).toBe("allow");
    expect(registry.users.filter((user) => user !== "")).toEqual(["x", "y", "b"]);
    registry.users.length = 0;
    registry.push("private/app", "2", OTHER_IMAGE);
    await ask(registry.reference("private/app:2"), { access });
    expect(new Set(registry.users)).toEqual(new Set(["b"]));
  });

  it("that are refused are read again the next time", async () => {
    let files: readonly string[] = [];
    let forgotten = 0;
    const access = {
      key: "mended",
      credentialFiles: () => Promise.resolve(files),
      forget: () => void (forgotten += 1),
    };
    let nowMs = Date.now();
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }), clock: { now: () => new Date(nowMs) } });
    const reference = registry.reference("private/app:1");
    expect(codesOf((await ask(reference, { access })).verdict)).toEqual(["REGISTRY_REFUSED"]);
    expect(forgotten).toBe(1);
    files = await accessAs("a", "secret-of-a", registry.host).credentialFiles();
    nowMs += 2_500;
    expect((await ask(reference, { access })).verdict.outcome).toBe("allow");
  });

  it("reach neither the log nor the database", async () => {
    const { ask, database, logged } = await gate();
    const { verdict } = await ask(registry.reference("private/app:1"), {
      access: accessAs("a", "secret-of-a", registry.host),
    });
    expect(verdict.outcome).toBe("allow");
    const rows = await database.remoteImages.findMany([IMAGE.manifest.digest]);
    const text = JSON.stringify([...rows.values(), await database.scans.find(IMAGE.manifest.digest)]) + logged.join("");
    expect(text).not.toContain("secret-of-a");
    expect(text).not.toContain(Buffer.from("a:secret-of-a").toString("base64"));
  });

  it("of the operator's file count after those of the Pod", async () => {
    const { ask } = await gate({
      scan: cleanScan({ scans: 0 }),
      images: { credentialsFile: await writeCredentials("b", "secret-of-b") },
    });
    const { verdict } = await ask(registry.reference("private/app:1"), {
      access: accessAs("a", "old", registry.host),
    });
    expect(verdict.outcome).toBe("allow");
    expect(registry.users.filter((user) => user !== "")).toEqual(["a", "b"]);
  });
});

async function writeCredentials(user: string, password: string): Promise<string> {
  const [file = ""] = await accessAs(user, password, registry.host).credentialFiles();
  const path = join(await createTestFolder(), "config.json");
  await writeFile(path, file);
  return path;
}
