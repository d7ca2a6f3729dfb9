// SPDX-License-Identifier: Apache-2.0
import { elementsOf, type Fields, fieldsOf, listOf, type Pod, type PodContainer } from "./read-pod.ts";
import { type Fault, faultOf, isSet } from "./violation.ts";

/** What container runtimes give anyway; more would be a step towards the node. */
const DEFAULT_CAPABILITIES: ReadonlySet<unknown> = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

/** Sysctls that stay within the Pod; the last are those of Kubernetes 1.27, 1.29 and 1.32. */
const SAFE_SYSCTLS: ReadonlySet<unknown> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

const SELINUX_TYPES: ReadonlySet<unknown> = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

/** Of seccomp and AppArmor. */
const PROFILE_TYPES: ReadonlySet<unknown> = new Set(["RuntimeDefault", "Localhost"]);

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/** The Pod has namespaces of its own. */
export function hostNamespaces({ spec }: Pod): readonly Fault[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((name) => isOn(spec, name))
    .map((name) => faultOf(`spec.${name}`, spec[name]));
}

/** No container is privileged. */
export function privileged(pod: Pod): readonly Fault[] {
  return inContainers(pod, ({ securityContext }) =>
    isOn(securityContext, "privileged") ? [["securityContext.privileged", securityContext["privileged"]]] : [],
  );
}

/** Containers add none but the usual capabilities. */
export function defaultCapabilities(pod: Pod): readonly Fault[] {
  return inContainers(pod, (container) =>
    capabilitiesOf(container, "add")
      .filter((name) => !DEFAULT_CAPABILITIES.has(name))
      .map((name) => ["securityContext.capabilities.add", name]),
  );
}

/** What a container adds, or drops. */
export function capabilitiesOf({ label, securityContext }: PodContainer, list: "add" | "drop"): readonly unknown[] {
  const field = `${label}: securityContext.capabilities`;
  return elementsOf(fieldsOf(securityContext["capabilities"], field)[list], `${field}.${list}`);
}

/** No volume is a path of the node. */
export function hostPathVolumes({ volumes }: Pod): readonly Fault[] {
  return volumes.flatMap((volume, at) =>
    isSet(volume, "hostPath") ? [faultOf(volumeField(volume, at), "hostPath")] : [],
  );
}

/** A volume, by its name. */
export function volumeField({ name }: Fields, at: number): string {
  return `spec.volumes[${typeof name === "string" ? name : at}]`;
}

/** No container takes a port of the node. */
export function hostPorts(pod: Pod): readonly Fault[] {
  return inContainers(pod, ({ label, fields }) =>
    listOf(fields["ports"], `${label}: ports`)
      .filter((port) => isSet(port, "hostPort") && port["hostPort"] !== 0)
      .map((port) => ["ports[].hostPort", port["hostPort"]]),
  );
}

/** Probes and lifecycle handlers ask the Pod itself, not other hosts in the name of the kubelet. */
export function hostProbes(pod: Pod): readonly Fault[] {
  return inContainers(pod, ({ label, fields }) => {
    const lifecycle = fieldsOf(fields["lifecycle"], `${label}: lifecycle`);
    const handlers = [
      ...["livenessProbe", "readinessProbe", "startupProbe"].map((name) => [name, fields[name]] as const),
      ...["postStart", "preStop"].map((name) => [`lifecycle.${name}`, lifecycle[name]] as const),
    ];
    return handlers.flatMap(([name, handler]) =>
      ["httpGet", "tcpSocket"].flatMap((action) => {
        const field = `${name}.${action}`;
        const { host } = fieldsOf(fieldsOf(handler, `${label}: ${name}`)[action], `${label}: ${field}`);
        return host === undefined || host === null || host === "" ? [] : [[`${field}.host`, host] as const];
      }),
    );
  });
}

/** SELinux keeps containers apart: only types of containers, and neither user nor role. */
export function seLinuxOptions(pod: Pod): readonly Fault[] {
  return everywhere(pod, ({ securityContext, place }) => {
    const options = fieldsOf(securityContext["seLinuxOptions"], `${place}: securityContext.seLinuxOptions`);
    return ["type", "user", "role"]
      .filter((name) => isSet(options, name) && !(name === "type" ? SELINUX_TYPES : NOTHING).has(options[name]))
      .map((name) => [`securityContext.seLinuxOptions.${name}`, options[name]]);
  });
}

const NOTHING: ReadonlySet<unknown> = new Set([""]);

/** Seccomp is not switched off. */
export function seccompNotUnconfined(pod: Pod): readonly Fault[] {
  return everywhere(pod, (holder) => profileFaults(holder, "seccompProfile"));
}

/** AppArmor is not switched off, by field or by the annotation that was there before. */
export function appArmorProfile(pod: Pod): readonly Fault[] {
  const annotated = Object.entries(pod.annotations).filter(
    ([name, value]) =>
      name.startsWith(APPARMOR_ANNOTATION) &&
      value !== "" &&
      value !== "runtime/default" &&
      !value.startsWith("localhost/"),
  );
  return [
    ...everywhere(pod, (holder) => profileFaults(holder, "appArmorProfile")),
    ...annotated.map(([name, value]) => faultOf(`metadata.annotations.${name}`, value)),
  ];
}

/** Only sysctls that stay within the Pod. */
export function sysctls({ securityContext }: Pod): readonly Fault[] {
  return listOf(securityContext["sysctls"], "spec.securityContext.sysctls")
    .filter(({ name }) => !SAFE_SYSCTLS.has(name))
    .map(({ name }) => faultOf("spec.securityContext.sysctls", name));
}

/** No process of a Windows container runs on the node itself. */
export function windowsHostProcess(pod: Pod): readonly Fault[] {
  return everywhere(pod, ({ securityContext, place }) => {
    const options = fieldsOf(securityContext["windowsOptions"], `${place}: securityContext.windowsOptions`);
    return isOn(options, "hostProcess") ? [["securityContext.windowsOptions.hostProcess", options["hostProcess"]]] : [];
  });
}

/** Whether a profile is named that confines. */
export function isConfined(profile: Fields): boolean {
  return PROFILE_TYPES.has(profile["type"]);
}

/** The profile of a Pod or container; `undefined` when it names none. */
export function profileOf(
  { securityContext, place }: { readonly securityContext: Fields; readonly place: string },
  name: "seccompProfile" | "appArmorProfile",
): Fields | undefined {
  return isSet(securityContext, name)
    ? fieldsOf(securityContext[name], `${place}: securityContext.${name}`)
    : undefined;
}

function profileFaults(holder: Holder, name: "seccompProfile" | "appArmorProfile"): readonly Found[] {
  const profile = profileOf(holder, name);
  return profile === undefined || isConfined(profile) ? [] : [[`securityContext.${name}.type`, profile["type"] ?? ""]];
}

/** Anything but "no": a word that is none would be refused by the API server, and must not look like one here. */
function isOn(fields: Fields, name: string): boolean {
  return isSet(fields, name) && fields[name] !== false;
}

type Found = readonly [field: string, value: unknown];

interface Holder {
  readonly securityContext: Fields;
  readonly place: string;
}

function inContainers(pod: Pod, find: (container: PodContainer) => readonly Found[]): readonly Fault[] {
  return pod.containers.flatMap((container) =>
    find(container).map(([field, value]) => faultOf(field, value, container)),
  );
}

/** In the security context of the Pod and of each container. */
function everywhere(pod: Pod, find: (holder: Holder) => readonly Found[]): readonly Fault[] {
  const own = find({ securityContext: pod.securityContext, place: "spec" });
  return [
    ...own.map(([field, value]) => faultOf(`spec.${field}`, value)),
    ...inContainers(pod, ({ securityContext, label }) => find({ securityContext, place: label })),
  ];
}
