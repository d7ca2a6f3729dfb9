// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalEcosystem } from "./canonical-ecosystem.ts";

const SERVER = "SUSE:Linux Enterprise Server 15 SP5";

it.each([
  { written: "Red Hat:enterprise_linux:9::baseos", want: "Red Hat:enterprise_linux:9" },
  { written: "Red Hat:enterprise_linux:9::appstream", want: "Red Hat:enterprise_linux:9" },
  { written: "Red Hat:enterprise_linux:7::server", want: "Red Hat:enterprise_linux:7" },
  { written: "Red Hat:enterprise_linux:10.1", want: "Red Hat:enterprise_linux:10" },
  { written: "Red Hat:enterprise_linux:9", want: "Red Hat:enterprise_linux:9" },
  { written: "Red Hat:rhel_eus:9.4::baseos", want: "Red Hat:rhel_eus:9.4::baseos" },
  { written: "Red Hat:service_mesh:1.1::el7", want: "Red Hat:service_mesh:1.1::el7" },
  { written: SERVER, want: SERVER },
  { written: `${SERVER}-LTSS`, want: SERVER },
  { written: "SUSE:Linux Enterprise Module for Basesystem 15 SP5", want: SERVER },
  { written: "SUSE:Linux Enterprise Module for Development Tools 15 SP5", want: SERVER },
  { written: "SUSE:Linux Enterprise High Performance Computing 15 SP5-ESPOS", want: SERVER },
  { written: "SUSE:Linux Enterprise Server for SAP Applications 15 SP5", want: SERVER },
  {
    written: "SUSE:Linux Enterprise Server LTSS Extended Security 12 SP5",
    want: "SUSE:Linux Enterprise Server 12 SP5",
  },
  { written: "SUSE:Linux Enterprise Micro 5.5", want: "SUSE:Linux Enterprise Micro 5.5" },
  { written: "SUSE:Package Hub 15 SP5", want: "SUSE:Package Hub 15 SP5" },
  { written: "Alpine:3.16", want: "Alpine:v3.16" },
  { written: "Azure Linux:3.0", want: "Azure Linux:3" },
  { written: "Debian:12", want: "Debian:12" },
  { written: "npm", want: "npm" },
  { written: "", want: "" },
])("$written → $want", ({ written, want }) => {
  expect(canonicalEcosystem(written)).toBe(want);
});

it("a canonical name stays, and long ones take no time", () => {
  const text = fc.oneof(fc.string(), fc.constant(`SUSE:Linux Enterprise Module for ${"a ".repeat(100_000)}`));
  fc.assert(
    fc.property(text, (written) => {
      const once = canonicalEcosystem(written);
      expect(canonicalEcosystem(once)).toBe(once);
    }),
  );
});
