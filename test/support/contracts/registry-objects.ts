// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { ServerEvent } from "#database";
import type { TestDatabases } from "../postgres.ts";

/** What every implementation of `RegistryObjectStore` has to do. */
export function registryObjectContract({ open }: TestDatabases): void {
  it("a document that is not there is neither found nor removed, and nobody is told", async () => {
    const { registryObjects, events } = await open();
    const heard: ServerEvent[] = [];
    events.subscribe((event) => heard.push(event));
    expect(await registryObjects.find("replication", "nightly")).toBeUndefined();
    expect(await registryObjects.remove("replication", "nightly")).toBe(false);
    await registryObjects.put({ kind: "settings", name: "", document: {}, updatedBy: "kim" });
    await expect.poll(() => heard.length).toBe(1);
    expect(heard).toEqual([{ type: "registry-changed", kind: "settings", name: "" }]);
  });

  it("a document is kept by kind and name, replaced as a whole, and every process hears of it", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const heard: ServerEvent[] = [];
    second.events.subscribe((event) => heard.push(event));
    await first.registryObjects.put({ kind: "settings", name: "team", document: { a: 1, b: "\0" }, updatedBy: "kim" });
    await first.registryObjects.put({ kind: "webhook", name: "team", document: [], updatedBy: "kim" });
    await first.registryObjects.put({ kind: "settings", name: "team", document: { c: "가" }, updatedBy: "lee" });
    await first.registryObjects.put({ kind: "settings", name: "base", document: null, updatedBy: "a\0b" });
    expect(await second.registryObjects.find("settings", "team")).toMatchObject({
      document: { c: "가" },
      updatedBy: "lee",
    });
    const listed = await second.registryObjects.list("settings");
    expect(listed.map(({ name, updatedBy }) => [name, updatedBy])).toEqual([
      ["base", "a\uFFFDb"],
      ["team", "lee"],
    ]);
    expect(await second.registryObjects.remove("settings", "team")).toBe(true);
    await expect.poll(() => heard.length).toBe(5);
    expect(await first.registryObjects.find("settings", "team")).toBeUndefined();
    expect(await first.registryObjects.list("webhook")).toHaveLength(1);
  });
}
