// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { guessBaseImage } from "#findings";

const DIGEST = digestOf("base");
const NAMED = "org.opencontainers.image.base.name";
const DIGESTED = "org.opencontainers.image.base.digest";

function history(...steps: readonly string[]) {
  return steps.map((createdBy) => ({ createdBy, isEmptyLayer: /CMD|ENV|ENTRYPOINT|LABEL/.test(createdBy) }));
}

describe("guessBaseImage", () => {
  it.each([
    { name: "no traces", steps: [], want: undefined },
    { name: "an image that is built on nothing", steps: ["ADD rootfs.tar /", 'CMD ["bash"]'], want: undefined },
    {
      name: "the layers below the last command of somebody else",
      steps: ["ADD rootfs.tar /", 'CMD ["bash"]', "RUN apt-get update", "COPY app /app", 'CMD ["/app"]'],
      want: { layerCount: 1 },
    },
    {
      name: "a base on a base",
      steps: ["ADD rootfs.tar /", 'CMD ["bash"]', "RUN install node", 'CMD ["node"]', "COPY . /", "ENTRYPOINT x"],
      want: { layerCount: 2 },
    },
    {
      name: "as docker's old builder writes it",
      steps: ["/bin/sh -c #(nop) ADD file:1 in / ", '/bin/sh -c #(nop)  CMD ["bash"]', "/bin/sh -c make"],
      want: { layerCount: 1 },
    },
    { name: "a step that only mentions a command", steps: ["ADD x /", "ENV A=CMD", "RUN y"], want: undefined },
    {
      name: "the claim of a label",
      labels: { [NAMED]: "debian:12", [DIGESTED]: DIGEST },
      steps: [],
      want: { reference: "debian:12", digest: DIGEST },
    },
    {
      name: "a claim with a digest that is none",
      labels: { [NAMED]: "x:1", [DIGESTED]: "sha256:1" },
      steps: [],
      want: { reference: "x:1" },
    },
    { name: "an empty claim", labels: { [NAMED]: "" }, steps: [], want: undefined },
    { name: "a claim that is too long", labels: { [NAMED]: "x".repeat(513) }, steps: [], want: undefined },
    { name: "a claim that would paint a terminal", labels: { [NAMED]: "x:1\u001b[2J" }, steps: [], want: undefined },
    {
      name: "the manifest before the configuration, with the layers",
      annotations: { [NAMED]: "x:1" },
      labels: { [NAMED]: "y:1" },
      steps: ["ADD rootfs.tar /", 'CMD ["bash"]', "RUN z"],
      want: { reference: "x:1", layerCount: 1 },
    },
  ])("$name", ({ steps, want, labels = {}, annotations }) => {
    const image = { labels, history: history(...steps), ...(annotations === undefined ? {} : { annotations }) };
    expect(guessBaseImage(image)).toEqual(want);
  });
});
