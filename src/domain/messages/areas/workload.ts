// SPDX-License-Identifier: Apache-2.0

// What a Pod has against it beside its images (`spec.workload` of policies).

export const workloadEn = {
  "reason.WORKLOAD_UNREADABLE":
    "{field} of the Pod cannot be read, so nobody can tell whether the Pod fulfils the policy. Correct it.",
  "reason.POD_SECURITY":
    "The Pod Security Standard “{level}” does not let a Pod set {field} to {value}. {control, select, hostNamespaces {Remove the field, so that the Pod has namespaces of its own} hostPathVolumes {Use a volume that does not lie on the node, such as emptyDir or persistentVolumeClaim} restrictedVolumes {Use a volume of one of these kinds: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret} windowsHostProcess {Remove the field or set it to false} seLinuxOptions {Remove the field, or use one of the types container_t, container_init_t, container_kvm_t and container_engine_t without user and role} sysctls {Remove the sysctl; the standard lists those that are safe} seccompProfile {Set it to RuntimeDefault or Localhost} appArmorProfile {Set it to RuntimeDefault or Localhost} runAsNonRoot {Set it to true} runAsUser {Set it to another number than 0} other {Remove the field}}.",
  "reason.POD_SECURITY.container":
    "The Pod Security Standard “{level}” does not let container {container} set {field} to {value}. {control, select, privileged {Remove the field or set it to false} capabilities {Remove it; “baseline” allows the usual capabilities of container runtimes, “restricted” only NET_BIND_SERVICE} hostPorts {Remove the host port and use a Service} hostProbesAndHostLifecycle {Remove the host; the probe then asks the Pod itself} procMount {Remove the field or set it to Default} windowsHostProcess {Remove the field or set it to false} seLinuxOptions {Remove the field, or use one of the types container_t, container_init_t, container_kvm_t and container_engine_t without user and role} seccompProfile {Set it to RuntimeDefault or Localhost} appArmorProfile {Set it to RuntimeDefault or Localhost} allowPrivilegeEscalation {Set it to false} runAsNonRoot {Set it to true} runAsUser {Set it to another number than 0} other {Remove the field}}.",
  "reason.POD_SECURITY.missing":
    'The Pod Security Standard “{level}” wants container {container} to set {field}, and it does not. {control, select, capabilities {Set it to ["ALL"]} allowPrivilegeEscalation {Set it to false} runAsNonRoot {Set it to true, for the container or the Pod} seccompProfile {Set it to RuntimeDefault or Localhost, for the container or the Pod} other {Set it}}.',
  "reason.PRIVILEGED":
    "Container {container} is privileged, which the policy forbids: it could do on the node whatever it likes. Remove {field}, and add the single capability that it needs.",
  "reason.RUN_AS_ROOT":
    "Nothing keeps container {container} from running as root. Set securityContext.runAsNonRoot to true, or runAsUser to another number than 0, for the container or the Pod.",
  "reason.RUN_AS_USER_MISSING":
    "The policy wants container {container} to name the user that it runs as. Set securityContext.runAsUser, for the container or the Pod.",
  "reason.RUN_AS_GROUP_MISSING":
    "The policy wants container {container} to name the group that it runs as. Set securityContext.runAsGroup, for the container or the Pod.",
  "reason.CAPABILITY_NOT_DROPPED":
    "The policy wants container {container} to drop the capability {capability}. Add it, or ALL, to securityContext.capabilities.drop.",
  "reason.CAPABILITY_ADDED":
    "Container {container} adds the capability {capability}, and the policy allows {allowed}. Remove it from securityContext.capabilities.add.",
  "reason.CAPABILITY_ADDED.none":
    "Container {container} adds the capability {capability}, and the policy allows none. Remove it from securityContext.capabilities.add.",
  "reason.SECCOMP_MISSING":
    "The policy wants container {container} to have a seccomp profile. Set securityContext.seccompProfile.type to RuntimeDefault or Localhost, for the container or the Pod.",
  "reason.APPARMOR_MISSING":
    "The policy wants container {container} to have an AppArmor profile. Set securityContext.appArmorProfile.type to RuntimeDefault or Localhost, for the container or the Pod.",
  "reason.SELINUX_MISSING":
    "The policy wants container {container} to have SELinux options. Set securityContext.seLinuxOptions, for the container or the Pod.",
  "reason.ROOT_FILESYSTEM_WRITABLE":
    "Container {container} may write to its root file system. Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it has to write.",
  "reason.REQUEST_MISSING":
    "The policy wants container {container} to say how much {resource} it requests. Set resources.requests.{resource}.",
  "reason.LIMIT_MISSING":
    "The policy wants container {container} to have a limit for {resource}. Set resources.limits.{resource}.",
  "reason.LABEL_MISSING":
    "The policy wants the label {label}. Add it to the labels of the Pod, or of the Pod template from where Pods have theirs.",
  "reason.LABEL_NOT_ALLOWED":
    "The label {label} is {value}, and the policy wants one of {allowed}. Correct it on the Pod or the Pod template.",
  "reason.DEFAULT_SERVICE_ACCOUNT":
    "The Pod uses the service account default, which everything in the namespace shares. Create one for this workload and name it in serviceAccountName.",
  "reason.PULL_SECRET_MISSING":
    "Neither the Pod nor its service account names a Secret for pulling its images, and the policy asks for one. Name one in imagePullSecrets.",
} as const;

export const workloadKo: Record<keyof typeof workloadEn, string> = {
  "reason.WORKLOAD_UNREADABLE":
    "파드의 {field} 필드를 해석할 수 없어 정책을 충족하는지 판단할 수 없습니다. 필드를 바로잡으십시오.",
  "reason.POD_SECURITY":
    "파드 보안 표준 “{level}”에서 허용하지 않는 값입니다: 파드의 {field} = {value}. {control, select, hostNamespaces {필드를 지워 파드가 자체 네임스페이스를 쓰게 하십시오} hostPathVolumes {emptyDir이나 persistentVolumeClaim처럼 노드의 경로를 쓰지 않는 볼륨을 사용하십시오} restrictedVolumes {다음 종류의 볼륨만 사용하십시오: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret} windowsHostProcess {필드를 지우거나 false로 설정하십시오} seLinuxOptions {필드를 지우거나, user와 role 없이 container_t, container_init_t, container_kvm_t, container_engine_t 중 하나를 사용하십시오} sysctls {이 sysctl을 지우십시오. 안전한 sysctl 목록은 표준에 있습니다} seccompProfile {RuntimeDefault나 Localhost로 설정하십시오} appArmorProfile {RuntimeDefault나 Localhost로 설정하십시오} runAsNonRoot {true로 설정하십시오} runAsUser {0이 아닌 값으로 설정하십시오} other {필드를 지우십시오}}.",
  "reason.POD_SECURITY.container":
    "파드 보안 표준 “{level}”에서 허용하지 않는 값입니다: {container} 컨테이너의 {field} = {value}. {control, select, privileged {필드를 지우거나 false로 설정하십시오} capabilities {이 항목을 지우십시오. “baseline”은 컨테이너 런타임의 일반적인 capability를, “restricted”는 NET_BIND_SERVICE만 허용합니다} hostPorts {호스트 포트를 지우고 서비스를 사용하십시오} hostProbesAndHostLifecycle {host를 지우십시오. 그러면 프로브가 파드 자신에게 요청합니다} procMount {필드를 지우거나 Default로 설정하십시오} windowsHostProcess {필드를 지우거나 false로 설정하십시오} seLinuxOptions {필드를 지우거나, user와 role 없이 container_t, container_init_t, container_kvm_t, container_engine_t 중 하나를 사용하십시오} seccompProfile {RuntimeDefault나 Localhost로 설정하십시오} appArmorProfile {RuntimeDefault나 Localhost로 설정하십시오} allowPrivilegeEscalation {false로 설정하십시오} runAsNonRoot {true로 설정하십시오} runAsUser {0이 아닌 값으로 설정하십시오} other {필드를 지우십시오}}.",
  "reason.POD_SECURITY.missing":
    '파드 보안 표준 “{level}”에 따라 {container} 컨테이너에 {field} 필드를 설정해야 합니다. {control, select, capabilities {["ALL"]로 설정하십시오} allowPrivilegeEscalation {false로 설정하십시오} runAsNonRoot {컨테이너나 파드에서 true로 설정하십시오} seccompProfile {컨테이너나 파드에서 RuntimeDefault나 Localhost로 설정하십시오} other {필드를 설정하십시오}}.',
  "reason.PRIVILEGED":
    "{container} 컨테이너는 특권(privileged) 컨테이너이며 정책에서 금지합니다. 특권 컨테이너는 노드에서 무엇이든 할 수 있습니다. {field} 필드를 지우고 필요한 capability만 추가하십시오.",
  "reason.RUN_AS_ROOT":
    "{container} 컨테이너가 root로 실행되는 것을 막는 설정이 없습니다. 컨테이너나 파드에서 securityContext.runAsNonRoot를 true로 설정하거나 runAsUser를 0이 아닌 값으로 설정하십시오.",
  "reason.RUN_AS_USER_MISSING":
    "정책에 따라 {container} 컨테이너를 실행할 사용자를 지정해야 합니다. 컨테이너나 파드에 securityContext.runAsUser를 설정하십시오.",
  "reason.RUN_AS_GROUP_MISSING":
    "정책에 따라 {container} 컨테이너를 실행할 그룹을 지정해야 합니다. 컨테이너나 파드에 securityContext.runAsGroup을 설정하십시오.",
  "reason.CAPABILITY_NOT_DROPPED":
    "정책에 따라 {container} 컨테이너에서 {capability} capability를 제거해야 합니다. securityContext.capabilities.drop에 이 항목이나 ALL을 추가하십시오.",
  "reason.CAPABILITY_ADDED":
    "{container} 컨테이너가 {capability} capability를 추가하지만 정책은 {allowed}만 허용합니다. securityContext.capabilities.add에서 지우십시오.",
  "reason.CAPABILITY_ADDED.none":
    "{container} 컨테이너가 {capability} capability를 추가하지만 정책은 어떤 추가도 허용하지 않습니다. securityContext.capabilities.add에서 지우십시오.",
  "reason.SECCOMP_MISSING":
    "정책에 따라 {container} 컨테이너에 seccomp 프로필이 있어야 합니다. 컨테이너나 파드에서 securityContext.seccompProfile.type을 RuntimeDefault나 Localhost로 설정하십시오.",
  "reason.APPARMOR_MISSING":
    "정책에 따라 {container} 컨테이너에 AppArmor 프로필이 있어야 합니다. 컨테이너나 파드에서 securityContext.appArmorProfile.type을 RuntimeDefault나 Localhost로 설정하십시오.",
  "reason.SELINUX_MISSING":
    "정책에 따라 {container} 컨테이너에 SELinux 옵션이 있어야 합니다. 컨테이너나 파드에 securityContext.seLinuxOptions를 설정하십시오.",
  "reason.ROOT_FILESYSTEM_WRITABLE":
    "{container} 컨테이너가 루트 파일 시스템에 쓸 수 있습니다. securityContext.readOnlyRootFilesystem을 true로 설정하고, 쓰기가 필요한 경로에는 emptyDir을 마운트하십시오.",
  "reason.REQUEST_MISSING":
    "정책에 따라 {container} 컨테이너에 {resource} 요청량을 지정해야 합니다. resources.requests.{resource}를 설정하십시오.",
  "reason.LIMIT_MISSING":
    "정책에 따라 {container} 컨테이너에 {resource} 한도를 지정해야 합니다. resources.limits.{resource}를 설정하십시오.",
  "reason.LABEL_MISSING":
    "정책에서 {label} 레이블을 요구합니다. 파드의 레이블이나, 파드에 레이블을 넘겨주는 파드 템플릿에 추가하십시오.",
  "reason.LABEL_NOT_ALLOWED":
    "{label} 레이블 값이 {value}인데 정책은 {allowed} 중 하나를 요구합니다. 파드나 파드 템플릿에서 바로잡으십시오.",
  "reason.DEFAULT_SERVICE_ACCOUNT":
    "파드가 네임스페이스 전체가 함께 쓰는 default 서비스 어카운트를 사용합니다. 이 워크로드용 서비스 어카운트를 만들어 serviceAccountName에 지정하십시오.",
  "reason.PULL_SECRET_MISSING":
    "정책에서 요구하는 이미지 풀 시크릿이 파드와 서비스 어카운트 어디에도 지정되어 있지 않습니다. imagePullSecrets에 지정하십시오.",
};
