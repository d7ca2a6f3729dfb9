// SPDX-License-Identifier: Apache-2.0
import { elementsOf, type Fields, fieldsOf, type Pod, type PodContainer } from "#pod-security";
import type { Reason, WorkloadReasonCode } from "./verdict.ts";
import type { WorkloadChecks } from "./workload-checks.ts";

/** A Pod, and whether it is only the template of one: then others may still add to what it says. */
export interface JudgedPod {
  readonly pod: Pod;
  readonly isTemplate: boolean;
}

type Find = (container: PodContainer, pod: Pod) => readonly Reason[];

/** What the checks of single containers have against a Pod. Throws UnreadableField. */
export function judgeContainers({ pod, isTemplate }: JudgedPod, checks: WorkloadChecks): readonly Reason[] {
  const finds = [
    ...(checks.privileged === "deny" ? [findPrivileged] : []),
    ...(checks.runAsNonRoot === "required" ? [unless("RUN_AS_ROOT", isNonRoot)] : []),
    ...(pod.isWindows ? [] : linuxFinds(checks)),
    ...resourceFinds(checks, isTemplate),
  ];
  return pod.containers.flatMap((container) => finds.flatMap((find) => find(container, pod)));
}

/** What Windows knows nothing of. */
function linuxFinds(checks: WorkloadChecks): readonly Find[] {
  const { requireDrop = [], allowAdd } = checks.capabilities ?? {};
  return [
    ...(checks.runAsUser === "required"
      ? [unless("RUN_AS_USER_MISSING", (container, pod) => effective(container, pod, "runAsUser") !== undefined)]
      : []),
    ...(checks.runAsGroup === "required"
      ? [unless("RUN_AS_GROUP_MISSING", (container, pod) => effective(container, pod, "runAsGroup") !== undefined)]
      : []),
    ...(requireDrop.length > 0 ? [findKept(requireDrop)] : []),
    ...(allowAdd === undefined ? [] : [findAdded(allowAdd)]),
    ...(checks.seccomp === "required" ? [unless("SECCOMP_MISSING", hasSeccomp)] : []),
    ...(checks.appArmor === "required" ? [unless("APPARMOR_MISSING", hasAppArmor)] : []),
    ...(checks.seLinux === "required" ? [unless("SELINUX_MISSING", hasSeLinux)] : []),
    ...(checks.readOnlyRootFilesystem === "required"
      ? [
          unless(
            "ROOT_FILESYSTEM_WRITABLE",
            ({ securityContext }) => securityContext["readOnlyRootFilesystem"] === true,
          ),
        ]
      : []),
  ];
}

function unless(code: WorkloadReasonCode, isFulfilled: (container: PodContainer, pod: Pod) => boolean): Find {
  return (container, pod) => (isFulfilled(container, pod) ? [] : [deny(code, container, {})]);
}

function deny(code: WorkloadReasonCode, { label }: PodContainer, params: Reason["params"]): Reason {
  return { code, effect: "deny", params: { container: label, ...params } };
}

/** What holds for a container: its own value, else that of the Pod. */
function effective({ securityContext }: PodContainer, pod: Pod, name: string): unknown {
  return securityContext[name] ?? pod.securityContext[name] ?? undefined;
}

function findPrivileged(container: PodContainer): readonly Reason[] {
  const { privileged = false } = container.securityContext;
  return privileged === false || privileged === null
    ? []
    : [deny("PRIVILEGED", container, { field: "securityContext.privileged" })];
}

function isNonRoot(container: PodContainer, pod: Pod): boolean {
  const user = effective(container, pod, "runAsUser");
  return effective(container, pod, "runAsNonRoot") === true || (typeof user === "number" && user > 0);
}

function findKept(required: readonly string[]): Find {
  return (container) => {
    const dropped = capabilities(container, "drop");
    // Runtimes add after they have dropped ALL, and before they drop any other. What may be added beside ALL, `allowAdd` says.
    const added = new Set(dropped.includes("ALL") ? capabilities(container, "add").map(asRuntimesRead) : []);
    const kept = required.filter((each) =>
      dropped.includes("ALL")
        ? each !== "ALL" && (added.has("ALL") || added.has(asRuntimesRead(each))) && !dropped.includes(each)
        : !dropped.includes(each),
    );
    return kept.map((capability) => deny("CAPABILITY_NOT_DROPPED", container, { capability }));
  };
}

/** Runtimes know capabilities in any case, some with the prefix of the kernel's header. */
function asRuntimesRead(capability: unknown): string {
  return String(capability).toUpperCase().replace(/^CAP_/, "");
}

function findAdded(allowed: readonly string[]): Find {
  return (container) =>
    capabilities(container, "add")
      .filter((each) => typeof each !== "string" || !allowed.includes(each))
      .map((each) => deny("CAPABILITY_ADDED", container, { capability: String(each), allowed: allowed.join(", ") }));
}

function capabilities({ label, securityContext }: PodContainer, list: "add" | "drop"): readonly unknown[] {
  return elementsOf(
    fieldsOf(securityContext["capabilities"], `${label}: securityContext.capabilities`)[list],
    `${label}: securityContext.capabilities.${list}`,
  );
}

function hasSeccomp(container: PodContainer, pod: Pod): boolean {
  return isConfined(fieldsOf(effective(container, pod, "seccompProfile"), `${container.label}: seccompProfile`));
}

function isConfined({ type }: Fields): boolean {
  return type === "RuntimeDefault" || type === "Localhost";
}

/** By the field of the container, the annotation that was there before, or the field of the Pod. */
function hasAppArmor(container: PodContainer, pod: Pod): boolean {
  const { appArmorProfile } = container.securityContext;
  const annotation =
    pod.annotations[`container.apparmor.security.beta.kubernetes.io/${String(container.fields["name"])}`];
  if ((appArmorProfile === undefined || appArmorProfile === null) && annotation !== undefined) {
    return annotation === "runtime/default" || annotation.startsWith("localhost/");
  }
  return isConfined(fieldsOf(effective(container, pod, "appArmorProfile"), `${container.label}: appArmorProfile`));
}

function hasSeLinux(container: PodContainer, pod: Pod): boolean {
  const options = fieldsOf(effective(container, pod, "seLinuxOptions"), `${container.label}: seLinuxOptions`);
  return ["type", "level", "role", "user"].some((name) => typeof options[name] === "string" && options[name] !== "");
}

/** Of a template the rest may come from a LimitRange of the namespace, when the Pod is made: there it only warns. */
function resourceFinds(checks: WorkloadChecks, isTemplate: boolean): readonly Find[] {
  const asks = [
    ...(checks.requireRequests ?? []).map((resource) => ({ code: "REQUEST_MISSING", resource }) as const),
    ...(checks.requireLimits ?? []).map((resource) => ({ code: "LIMIT_MISSING", resource }) as const),
  ];
  return asks.map(({ code, resource }) => (container, pod) => {
    // Ephemeral containers take what the Pod has; Kubernetes lets them name nothing of their own.
    const isExempt = container.label.startsWith("ephemeralContainers/");
    const lists = code === "REQUEST_MISSING" ? ["requests", "limits"] : ["limits"];
    const holders = [
      fieldsOf(container.fields["resources"], `${container.label}: resources`),
      fieldsOf(pod.spec["resources"], "spec.resources"),
    ];
    const isThere = lists.some((list) =>
      holders.some((holder) => isAmount(fieldsOf(holder[list], `${container.label}: resources.${list}`)[resource])),
    );
    return isExempt || isThere
      ? []
      : [{ code, effect: isTemplate ? "warn" : "deny", params: { container: container.label, resource } }];
  });
}

/** Zero is no limit. */
function isAmount(value: unknown): boolean {
  return typeof value === "number" ? value > 0 : typeof value === "string" && /[1-9]/.test(value);
}
