// SPDX-License-Identifier: Apache-2.0

/** A Pod to compare verdicts on; `spec` and `annotations` as they would stand in a manifest. */
export interface PodRow {
  readonly name: string;
  readonly spec: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

const IMAGE = "registry.example/app:1";
const CONFINED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A container that `restricted` accepts, with changes to it and to its security context. */
function container(changes: object = {}, securityContext: object = {}): object {
  return { name: "app", image: IMAGE, securityContext: { ...CONFINED, ...securityContext }, ...changes };
}

/** A Pod that `restricted` accepts, with changes. */
function good(changes: object = {}): object {
  return { containers: [container()], ...changes };
}

/** The same with changes to the security context of its container. */
function secured(securityContext: object): object {
  return { containers: [container({}, securityContext)] };
}

/** The same with changes to the security context of the Pod. */
function podSecured(securityContext: object): object {
  return good({ securityContext });
}

/** A volume of that source. */
function volume(source: object): object {
  return good({ volumes: [{ name: "data", ...source }] });
}

function plain(securityContext?: object): object {
  return { name: "app", image: IMAGE, ...(securityContext === undefined ? {} : { securityContext }) };
}

const PROBE = { port: 80 };
const WINDOWS = { os: { name: "windows" } };
const HOST_PROCESS = { windowsOptions: { hostProcess: true, runAsUserName: "NT AUTHORITY\\SYSTEM" } };

/** Pods of every control, each just inside and just outside of it. The API server accepts all of them where nothing is enforced. */
export const POD_ROWS: readonly PodRow[] = [
  { name: "everything that restricted asks for", spec: good() },
  { name: "nothing but an image", spec: { containers: [plain()] } },
  {
    name: "an init container with nothing but an image",
    spec: good({ initContainers: [{ ...plain(), name: "setup" }] }),
  },
  { name: "a good init container", spec: good({ initContainers: [container({ name: "setup" })] }) },
  { name: "a sidecar", spec: good({ initContainers: [container({ name: "proxy", restartPolicy: "Always" })] }) },
  // host namespaces
  { name: "hostNetwork", spec: good({ hostNetwork: true }) },
  { name: "hostNetwork: false", spec: good({ hostNetwork: false }) },
  { name: "hostPID", spec: good({ hostPID: true }) },
  { name: "hostIPC", spec: good({ hostIPC: true }) },
  // privileged
  { name: "privileged", spec: secured({ privileged: true, allowPrivilegeEscalation: true }) },
  { name: "privileged: false", spec: secured({ privileged: false }) },
  {
    name: "a privileged init container",
    spec: good({
      initContainers: [container({ name: "setup" }, { privileged: true, allowPrivilegeEscalation: true })],
    }),
  },
  // capabilities
  { name: "NET_BIND_SERVICE", spec: secured({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }) },
  { name: "CHOWN", spec: secured({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }) },
  { name: "SYS_CHROOT", spec: secured({ capabilities: { add: ["SYS_CHROOT"] } }) },
  { name: "SYS_ADMIN", spec: secured({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }) },
  { name: "NET_RAW", spec: secured({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }) },
  { name: "CAP_CHOWN with its prefix", spec: secured({ capabilities: { drop: ["ALL"], add: ["CAP_CHOWN"] } }) },
  { name: "drop in lower case", spec: secured({ capabilities: { drop: ["all"] } }) },
  { name: "drop of one capability", spec: secured({ capabilities: { drop: ["NET_RAW"] } }) },
  { name: "empty capabilities", spec: secured({ capabilities: {} }) },
  { name: "add ALL", spec: secured({ capabilities: { drop: ["ALL"], add: ["ALL"] } }) },
  // volumes
  { name: "hostPath", spec: volume({ hostPath: { path: "/etc" } }) },
  { name: "emptyDir", spec: volume({ emptyDir: {} }) },
  { name: "a volume without a source", spec: volume({}) },
  { name: "configMap", spec: volume({ configMap: { name: "x" } }) },
  { name: "secret", spec: volume({ secret: { secretName: "x" } }) },
  { name: "projected", spec: volume({ projected: { sources: [{ configMap: { name: "x" } }] } }) },
  { name: "downwardAPI", spec: volume({ downwardAPI: { items: [] } }) },
  { name: "csi", spec: volume({ csi: { driver: "x.example" } }) },
  { name: "persistentVolumeClaim", spec: volume({ persistentVolumeClaim: { claimName: "x" } }) },
  {
    name: "ephemeral",
    spec: volume({
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      },
    }),
  },
  { name: "an image volume", spec: volume({ image: { reference: IMAGE } }) },
  { name: "nfs", spec: volume({ nfs: { server: "x", path: "/" } }) },
  { name: "iscsi", spec: volume({ iscsi: { targetPortal: "x", iqn: "iqn.2026-01.example:x", lun: 0 } }) },
  { name: "a volume of a cloud", spec: volume({ awsElasticBlockStore: { volumeID: "x" } }) },
  { name: "fc", spec: volume({ fc: { targetWWNs: ["x"], lun: 1 } }) },
  { name: "flexVolume", spec: volume({ flexVolume: { driver: "x/y" } }) },
  // host ports
  { name: "a port", spec: { containers: [container({ ports: [{ containerPort: 80 }] })] } },
  { name: "a host port", spec: { containers: [container({ ports: [{ containerPort: 80, hostPort: 8080 }] })] } },
  { name: "host port 0", spec: { containers: [container({ ports: [{ containerPort: 80, hostPort: 0 }] })] } },
  // probes
  { name: "a probe", spec: { containers: [container({ livenessProbe: { httpGet: PROBE } })] } },
  {
    name: "a probe of a host",
    spec: { containers: [container({ livenessProbe: { httpGet: { ...PROBE, host: "10.0.0.1" } } })] },
  },
  {
    name: "a readiness probe of a host by TCP",
    spec: { containers: [container({ readinessProbe: { tcpSocket: { ...PROBE, host: "10.0.0.1" } } })] },
  },
  {
    name: "a startup probe of a host",
    spec: { containers: [container({ startupProbe: { httpGet: { ...PROBE, host: "127.0.0.1" } } })] },
  },
  {
    name: "a probe of an empty host",
    spec: { containers: [container({ livenessProbe: { httpGet: { ...PROBE, host: "" } } })] },
  },
  {
    name: "a handler of a host",
    spec: { containers: [container({ lifecycle: { preStop: { httpGet: { ...PROBE, host: "10.0.0.1" } } } })] },
  },
  { name: "a handler", spec: { containers: [container({ lifecycle: { postStart: { exec: { command: ["x"] } } } })] } },
  // /proc
  { name: "procMount: Default", spec: secured({ procMount: "Default" }) },
  {
    name: "procMount: Unmasked in a user namespace",
    spec: { hostUsers: false, ...secured({ procMount: "Unmasked" }) },
  },
  // SELinux
  { name: "an SELinux type of containers", spec: secured({ seLinuxOptions: { type: "container_t" } }) },
  { name: "container_engine_t", spec: podSecured({ seLinuxOptions: { type: "container_engine_t" } }) },
  { name: "an SELinux level", spec: podSecured({ seLinuxOptions: { level: "s0:c1,c2" } }) },
  { name: "another SELinux type", spec: secured({ seLinuxOptions: { type: "spc_t" } }) },
  { name: "an SELinux user", spec: podSecured({ seLinuxOptions: { user: "system_u" } }) },
  { name: "an SELinux role", spec: secured({ seLinuxOptions: { role: "system_r" } }) },
  { name: "an empty SELinux user", spec: podSecured({ seLinuxOptions: { user: "" } }) },
  // seccomp
  { name: "seccomp Unconfined", spec: secured({ seccompProfile: { type: "Unconfined" } }) },
  { name: "seccomp Unconfined for the Pod", spec: podSecured({ seccompProfile: { type: "Unconfined" } }) },
  { name: "seccomp Localhost", spec: secured({ seccompProfile: { type: "Localhost", localhostProfile: "x.json" } }) },
  { name: "no seccomp at all", spec: secured({ seccompProfile: undefined }) },
  {
    name: "seccomp of the Pod only",
    spec: {
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      ...secured({ seccompProfile: undefined }),
    },
  },
  // AppArmor
  { name: "AppArmor RuntimeDefault", spec: podSecured({ appArmorProfile: { type: "RuntimeDefault" } }) },
  { name: "AppArmor Localhost", spec: secured({ appArmorProfile: { type: "Localhost", localhostProfile: "x" } }) },
  { name: "AppArmor Unconfined", spec: secured({ appArmorProfile: { type: "Unconfined" } }) },
  { name: "AppArmor Unconfined for the Pod", spec: podSecured({ appArmorProfile: { type: "Unconfined" } }) },
  {
    name: "AppArmor unconfined by annotation",
    spec: good(),
    annotations: { "container.apparmor.security.beta.kubernetes.io/app": "unconfined" },
  },
  {
    name: "AppArmor runtime/default by annotation",
    spec: good(),
    annotations: { "container.apparmor.security.beta.kubernetes.io/app": "runtime/default" },
  },
  {
    name: "AppArmor localhost by annotation",
    spec: good(),
    annotations: { "container.apparmor.security.beta.kubernetes.io/app": "localhost/x" },
  },
  // sysctls
  { name: "a safe sysctl", spec: podSecured({ sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }] }) },
  {
    name: "a sysctl that is safe since 1.32",
    spec: podSecured({ sysctls: [{ name: "net.ipv4.tcp_rmem", value: "1 2 3" }] }),
  },
  { name: "an unsafe sysctl", spec: podSecured({ sysctls: [{ name: "net.core.somaxconn", value: "1" }] }) },
  { name: "a sysctl of the kernel", spec: podSecured({ sysctls: [{ name: "kernel.msgmax", value: "65536" }] }) },
  // privilege escalation
  { name: "escalation is not mentioned", spec: secured({ allowPrivilegeEscalation: undefined }) },
  { name: "escalation is allowed", spec: secured({ allowPrivilegeEscalation: true }) },
  // root
  {
    name: "runAsNonRoot of the Pod only",
    spec: { securityContext: { runAsNonRoot: true }, ...secured({ runAsNonRoot: undefined }) },
  },
  {
    name: "runAsNonRoot: false beside a good Pod",
    spec: { securityContext: { runAsNonRoot: true }, ...secured({ runAsNonRoot: false }) },
  },
  { name: "runAsNonRoot: false of the Pod beside a good container", spec: podSecured({ runAsNonRoot: false }) },
  { name: "no runAsNonRoot", spec: secured({ runAsNonRoot: undefined }) },
  { name: "runAsUser 0", spec: secured({ runAsUser: 0 }) },
  { name: "runAsUser 0 of the Pod", spec: podSecured({ runAsUser: 0 }) },
  { name: "runAsUser 1000 without runAsNonRoot", spec: secured({ runAsUser: 1000, runAsNonRoot: undefined }) },
  { name: "runAsGroup 0", spec: secured({ runAsGroup: 0 }) },
  { name: "root in a user namespace", spec: { hostUsers: false, ...secured({ runAsUser: 0, runAsNonRoot: false }) } },
  { name: "a user namespace and nothing else", spec: { hostUsers: false, containers: [plain()] } },
  { name: "hostUsers: true as root", spec: { hostUsers: true, ...secured({ runAsUser: 0 }) } },
  // Windows
  { name: "a Windows Pod as restricted wants it", spec: { ...WINDOWS, containers: [plain({ runAsNonRoot: true })] } },
  { name: "a Windows Pod with nothing", spec: { ...WINDOWS, containers: [plain()] } },
  {
    name: "a Windows Pod with a process of the node",
    spec: { ...WINDOWS, hostNetwork: true, securityContext: HOST_PROCESS, containers: [plain({ runAsNonRoot: true })] },
  },
  {
    name: "a process of the node, by container",
    spec: { hostNetwork: true, containers: [container({}, HOST_PROCESS)] },
  },
  {
    name: "two containers, one of them bad",
    spec: {
      containers: [container(), container({ name: "other" }, { capabilities: { drop: ["ALL"], add: ["BPF"] } })],
    },
  },
];

/** Ephemeral containers, added to a Pod that `restricted` accepts. */
export const EPHEMERAL_ROWS: readonly { readonly name: string; readonly container: object }[] = [
  { name: "a good one", container: container({ name: "debug" }) },
  { name: "nothing but an image", container: { name: "debug", image: IMAGE } },
  {
    name: "a privileged one",
    container: container({ name: "debug" }, { privileged: true, allowPrivilegeEscalation: true }),
  },
  {
    name: "one that traces",
    container: container({ name: "debug" }, { capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } }),
  },
  { name: "one as root", container: container({ name: "debug" }, { runAsUser: 0 }) },
];
