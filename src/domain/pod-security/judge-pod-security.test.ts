// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgePodSecurity, readPod, type UncheckedPod, UnreadableField } from "#pod-security";

// Which Pods are accepted is compared with a real API server in test/cluster/pod-security.test.ts; here stands what is said.

const CONFINED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

function pod(securityContext: object, spec: object = {}): UncheckedPod {
  return { spec: { containers: [{ name: "app", securityContext: { ...CONFINED, ...securityContext } }], ...spec } };
}

function faults(unchecked: UncheckedPod, level: "baseline" | "restricted" = "baseline"): readonly string[] {
  return judgePodSecurity(readPod(unchecked), level).map(({ control, container, field, value }) =>
    [control, container ?? "Pod", field, value ?? "missing"].join(" "),
  );
}

describe("what is said about a violation", () => {
  it.each<{
    readonly name: string;
    readonly pod: UncheckedPod;
    readonly level?: "restricted";
    readonly want: readonly string[];
  }>([
    { name: "of the Pod", pod: pod({}, { hostPID: true }), want: ["hostNamespaces Pod spec.hostPID true"] },
    {
      name: "of a container",
      pod: pod({ privileged: true }),
      want: ["privileged app securityContext.privileged true"],
    },
    {
      name: "of an init container",
      pod: pod({}, { initContainers: [{ name: "setup", securityContext: { procMount: "Unmasked" } }] }),
      want: ["procMount initContainers/setup securityContext.procMount Unmasked"],
    },
    {
      name: "of an ephemeral container",
      pod: pod(
        {},
        { ephemeralContainers: [{ name: "debug", securityContext: { capabilities: { add: ["SYS_PTRACE"] } } }] },
      ),
      want: ["capabilities ephemeralContainers/debug securityContext.capabilities.add SYS_PTRACE"],
    },
    {
      name: "of a volume",
      pod: pod({}, { volumes: [{ name: "data", hostPath: { path: "/" } }] }),
      want: ["hostPathVolumes Pod spec.volumes[data] hostPath"],
    },
    {
      name: "of a volume at restricted, once",
      pod: pod({}, { volumes: [{ name: "data", hostPath: { path: "/" } }] }),
      level: "restricted",
      want: ["restrictedVolumes Pod spec.volumes[data] hostPath"],
    },
    {
      name: "of a container without a name",
      pod: { spec: { containers: [{ securityContext: { privileged: true } }] } },
      want: ["privileged 0 securityContext.privileged true"],
    },
    {
      name: "of a container that says nothing",
      pod: { spec: { containers: [{ name: "app" }] } },
      level: "restricted",
      want: [
        "capabilities app securityContext.capabilities.drop missing",
        "seccompProfile app securityContext.seccompProfile.type missing",
        "allowPrivilegeEscalation app securityContext.allowPrivilegeEscalation missing",
        "runAsNonRoot app securityContext.runAsNonRoot missing",
      ],
    },
    {
      name: "of a word that is no yes and no no",
      pod: pod({ privileged: "no" }, { hostNetwork: "false" }),
      want: ["hostNamespaces Pod spec.hostNetwork false", "privileged app securityContext.privileged no"],
    },
    {
      name: "null is not set",
      pod: pod({ privileged: null, seLinuxOptions: null }, { hostPID: null, volumes: null }),
      want: [],
    },
    {
      name: "of an annotation",
      pod: { ...pod({}), annotations: { "container.apparmor.security.beta.kubernetes.io/app": "unconfined" } },
      want: ["appArmorProfile Pod metadata.annotations.container.apparmor.security.beta.kubernetes.io/app unconfined"],
    },
  ])("$name", ({ pod: unchecked, level, want }) => {
    expect(faults(unchecked, level)).toEqual(want);
  });

  it("cuts what is long", () => {
    expect(faults(pod({ procMount: "x".repeat(10_000) }))[0]?.length).toBeLessThan(300);
  });

  it("nothing at privileged", () => {
    expect(judgePodSecurity(readPod(pod({ privileged: true })), "privileged")).toEqual([]);
  });
});

describe("what cannot be read is not taken as absent", () => {
  it.each<{ readonly field: string; readonly pod: UncheckedPod }>([
    { field: "spec", pod: { spec: undefined } },
    { field: "spec", pod: { spec: null } },
    { field: "spec", pod: { spec: [] } },
    { field: "spec.containers", pod: { spec: { containers: {} } } },
    { field: "spec.containers[0]", pod: { spec: { containers: [null] } } },
    { field: "spec.containers[0].securityContext", pod: { spec: { containers: [{ securityContext: [] }] } } },
    { field: "spec.volumes", pod: { spec: { volumes: "x" } } },
    { field: "metadata.annotations.a", pod: { annotations: { a: 1 }, spec: {} } },
    { field: "app: securityContext.capabilities", pod: pod({ capabilities: "ALL" }) },
    { field: "app: securityContext.capabilities.add", pod: pod({ capabilities: { add: "SYS_ADMIN" } }) },
    { field: "spec.securityContext.sysctls", pod: pod({}, { securityContext: { sysctls: {} } }) },
    { field: "app: securityContext.seccompProfile", pod: pod({ seccompProfile: "Unconfined" }) },
  ])("$field", ({ field, pod: unchecked }) => {
    expect(() => faults(unchecked)).toThrow(expect.objectContaining({ name: "UnreadableField", field }) as Error);
  });

  it("and nothing else is thrown, whatever the Pod looks like", () => {
    const key = fc.constantFrom(
      "containers",
      "initContainers",
      "ephemeralContainers",
      "volumes",
      "securityContext",
      "capabilities",
      "add",
      "seccompProfile",
      "type",
      "os",
      "name",
      "ports",
      "lifecycle",
      "preStop",
      "httpGet",
      "__proto__",
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom<unknown>(null, true, false, 0, 1, "", "ALL", "windows"),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie("tree")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        tree,
        fc.constantFrom("baseline" as const, "restricted" as const),
        (spec, annotations, level) => {
          try {
            faults({ spec, annotations }, level as "baseline");
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableField);
          }
        },
      ),
    );
  });
});

it("restricted never accepts what baseline refuses", () => {
  const context = fc.record(
    {
      privileged: fc.boolean(),
      capabilities: fc.record({
        add: fc.subarray(["CHOWN", "SYS_ADMIN", "NET_BIND_SERVICE"]),
        drop: fc.constant(["ALL"]),
      }),
      seccompProfile: fc.constantFrom({ type: "Unconfined" }, { type: "Localhost" }),
      procMount: fc.constantFrom("Default", "Unmasked"),
      seLinuxOptions: fc.constantFrom({ type: "spc_t" }, { type: "container_t" }, { user: "x" }),
    },
    { requiredKeys: [] },
  );
  const spec = fc.record(
    { hostNetwork: fc.boolean(), hostUsers: fc.boolean(), volumes: fc.constantFrom([], [{ name: "v", hostPath: {} }]) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(context, spec, (securityContext, rest) => {
      const unchecked = pod(securityContext, rest);
      if (faults(unchecked, "restricted").length === 0) {
        expect(faults(unchecked, "baseline")).toEqual([]);
      }
    }),
  );
});
