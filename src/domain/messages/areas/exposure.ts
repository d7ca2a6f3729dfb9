// SPDX-License-Identifier: Apache-2.0

/** `haechi posture exposure`, and the checks of exposure (HK…). */
export const exposureEn = {
  "cli.posture.exposure.summary":
    "Find container registries and remote access in a cluster, and say how they are reached from outside.",
  "cli.posture.exposure.files":
    "Manifests, or what kubectl get -o yaml wrote: files, folders, - for standard input; default: the cluster of the kubeconfig.",
  "cli.posture.exposure.namespace":
    "Of a cluster, only this namespace; of files, the namespace of objects that name none.",
  "cli.posture.exposure.report": "Report of haechi scan --format json for an image that runs there.",
  "cli.posture.exposure.failOn": "Findings of this severity and worse give exit code 1.",
  "cli.posture.exposure.exitCodes":
    "Exit codes:\n  0  no check fails with the severity of --fail-on or worse, none is undecided, and everything could be read\n  1  a check fails with the severity of --fail-on or worse, or with one that nobody knows\n  2  no result: wrong usage, or the files or the cluster cannot be read\n  3  nobody can tell: a check is undecided, or something could not be read",

  "exposure.none": "No registry and no remote access in {workloads, plural, one {# workload} other {# workloads}}.",
  "exposure.total":
    "{subjects, plural, one {# workload} other {# workloads}} to look at among {workloads, number}, with {services, plural, one {# Service} other {# Services}}: {failed, plural, one {# check fails} other {# checks fail}}, {undecided, plural, one {# is undecided} other {# are undecided}}.",
  "exposure.undecided": "undecided",
  "exposure.subject.registry.sure": "registry{product, select, none {} other { ({product})}}",
  "exposure.subject.registry.possible": "possibly a registry{product, select, none {} other { ({product})}}",
  "exposure.subject.remoteAccess.sure": "remote access ({product})",
  "exposure.subject.remoteAccess.possible": "possibly remote access ({product})",
  "exposure.row.reach": "Reach",
  "exposure.row.evidence": "Seen by",
  "exposure.row.ways": "Ways",
  "exposure.row.policies": "Policies",
  "exposure.row.patches": "Patches",
  "exposure.reach.exposed": "EXPOSED: it can be reached from outside the cluster.",
  "exposure.reach.unknown": "UNKNOWN: nobody can tell from these objects.",
  "exposure.reach.limited": "limited: from some addresses only.",
  "exposure.reach.internal": "internal: no object leads to it from outside the cluster.",
  "exposure.state.exposed": "exposed",
  "exposure.state.limited": "limited",
  "exposure.state.unknown": "unknown",
  "exposure.way.loadBalancer": "load balancer",
  "exposure.way.nodePort": "node port",
  "exposure.way.externalIp": "external IP",
  "exposure.way.gateway": "Gateway",
  "exposure.way.hostPort": "port of the node",
  "exposure.way.hostNetwork": "network of the node",
  "exposure.moreWays": "and more ways",
  "exposure.unencrypted": "without TLS",
  "exposure.note.sourceRanges": "loadBalancerSourceRanges limits the addresses",
  "exposure.note.internalHint":
    "an annotation asks for an internal address or for ranges, and not every cloud and controller obeys it",
  "exposure.note.privateAddress": "its addresses are private; who reaches them is decided by the network",
  "exposure.note.networkPolicy": "a NetworkPolicy limits it, if the network of the cluster enforces policies",
  "exposure.note.besideLoadBalancer":
    "a load balancer is a node port on every node, too, and its ranges do not hold there",
  "exposure.note.gatewayUnread": "the Gateway of this route was not read",
  "exposure.note.otherNamespace": "it takes a ReferenceGrant of the other namespace, which was not read",
  "exposure.policies.none": "no NetworkPolicy is about what comes in",
  "exposure.policies.open": "NetworkPolicies let everything in",
  "exposure.policies.addresses": "NetworkPolicies let some addresses in",
  "exposure.policies.pods": "NetworkPolicies let Pods of the cluster in",
  "exposure.policies.closed": "NetworkPolicies let nothing in",
  "exposure.policies.unread": "NetworkPolicies could not be read",
  "exposure.patches.current": "{image}: no vulnerability with a fix",
  "exposure.patches.outdated": "{image}: vulnerabilities with a fix",
  "exposure.patches.incomplete": "{image}: the scan could not look at everything",
  "exposure.patches.unknown": "{image}: not known here; see haechi scan {image}, or what runs in the console",
  "exposure.unread": "Could not be looked at, so that more may be exposed:",
  "exposure.unread.forbidden": "your account may not list it",
  "exposure.unread.absent": "there is none to read",
  "exposure.unread.invalid": "not what the Kubernetes API has",
  "exposure.unread.limit": "too many, or changing too fast",
  "exposure.unread.noSelector": "has no selector, so that what is behind it cannot be seen",
  "exposure.unread.unsupported": "a kind that Haechi does not read",
  "exposure.unread.more": "{count, plural, one {and # more} other {and # more}}",

  "check.HK001": "A registry can be reached from outside the cluster: {evidence}.",
  "check.HK001.undecided":
    "Nobody can tell whether a registry can be reached from outside the cluster.{evidence, select, none {} other { Look at: {evidence}.}}",
  "check.HK001.advice":
    "Make the Service a ClusterIP and let clients in through a private address; where it must be open, set loadBalancerSourceRanges, allocateLoadBalancerNodePorts: false and a firewall.",
  "check.HK002": "A registry is offered without TLS: {evidence}. Passwords and tokens cross the network in clear.",
  "check.HK002.undecided":
    "Nobody can tell whether a registry is offered with TLS: {evidence}. A controller may end it by annotation or default.",
  "check.HK002.advice": "Name hosts and a certificate in spec.tls, or use a listener of protocol HTTPS only.",
  "check.HK003":
    "{isDefault, select, yes {A password of a registry is one that everybody knows} other {A secret of a registry stands in the Pod}}: {evidence}.",
  "check.HK003.undecided": "What may be a registry has a secret in the Pod: {evidence}.",
  "check.HK003.advice":
    "Change it, keep it in a Secret and take it from there with valueFrom; give people and robots accounts of their own with the rights they need.",
  "check.HK004": "A registry asks nobody who they are ({evidence}).",
  "check.HK004.undecided":
    "No authentication is visible in the Pod ({evidence} is not set). A configuration file may turn it on.",
  "check.HK004.advice": "Turn authentication on, with an account for each person and robot, and anonymous access off.",
  "check.HK005":
    "No NetworkPolicy limits who reaches a registry within the cluster. Policies of Calico, Cilium and others are not read.",
  "check.HK005.undecided": "NetworkPolicies could not be read, so that nobody can tell who reaches a registry.",
  "check.HK005.advice": "Write a NetworkPolicy that lets in the ports of the registry from its clients only.",
  "check.HK006":
    "A registry has {count, plural, one {# vulnerability} other {# vulnerabilities}} with a fix: {evidence}.",
  "check.HK006.undecided": "The scan of a registry’s image could not look at everything: {evidence}.",
  "check.HK006.advice": "Update the registry to a release without them, and scan it again.",
  "check.HK010": "{product} can be reached from outside the cluster: {evidence}.",
  "check.HK010.undecided":
    "Nobody can tell whether {product} can be reached from outside the cluster.{evidence, select, none {} other { Look at: {evidence}.}}",
  "check.HK010.advice":
    "Take the server out of the image and use kubectl exec; until then, remove the port from Services, hostPort and load balancers.",
  "check.HK011": "No NetworkPolicy blocks {product}, so that every Pod of the cluster reaches it.",
  "check.HK011.undecided": "NetworkPolicies could not be read, so that nobody can tell who reaches {product}.",
  "check.HK011.advice": "Take the server out of the image; until then, block its port with a NetworkPolicy.",
} as const;

export const exposureKo: Record<keyof typeof exposureEn, string> = {
  "cli.posture.exposure.summary":
    "클러스터에서 컨테이너 레지스트리와 원격 접속을 찾아 외부에서 어떻게 접근할 수 있는지 알려 줍니다.",
  "cli.posture.exposure.files":
    "매니페스트나 kubectl get -o yaml의 출력. 파일, 폴더, 표준 입력(-)을 지정할 수 있으며 기본값은 kubeconfig의 클러스터입니다.",
  "cli.posture.exposure.namespace":
    "클러스터에서는 이 네임스페이스만 읽습니다. 파일에서는 네임스페이스가 없는 오브젝트의 네임스페이스로 씁니다.",
  "cli.posture.exposure.report": "실행 중인 이미지에 대한 haechi scan --format json 보고서.",
  "cli.posture.exposure.failOn": "이 심각도 이상의 발견 항목이 있으면 종료 코드가 1이 됩니다.",
  "cli.posture.exposure.exitCodes":
    "종료 코드:\n  0  --fail-on에 지정한 심각도 이상으로 실패했거나 결정하지 못한 점검이 없고 모두 읽었습니다\n  1  --fail-on에 지정한 심각도 이상으로, 또는 알 수 없는 심각도로 실패한 점검이 있습니다\n  2  결과가 없습니다. 사용법이 잘못되었거나 파일이나 클러스터를 읽을 수 없습니다\n  3  판단할 수 없습니다. 결정하지 못한 점검이 있거나 읽지 못한 것이 있습니다",

  "exposure.none": "워크로드 {workloads, plural, other {#개}}에 레지스트리와 원격 접속이 없습니다.",
  "exposure.total":
    "워크로드 {workloads, number}개와 서비스 {services, plural, other {#개}} 중 확인할 워크로드가 {subjects, plural, other {#개}}입니다. 점검 {failed, plural, other {#건}}이 실패했고 {undecided, plural, other {#건}}은 결정하지 못했습니다.",
  "exposure.undecided": "미결정",
  "exposure.subject.registry.sure": "레지스트리{product, select, none {} other {({product})}}",
  "exposure.subject.registry.possible": "레지스트리로 추정{product, select, none {} other {({product})}}",
  "exposure.subject.remoteAccess.sure": "원격 접속({product})",
  "exposure.subject.remoteAccess.possible": "원격 접속으로 추정({product})",
  "exposure.row.reach": "접근 범위",
  "exposure.row.evidence": "근거",
  "exposure.row.ways": "경로",
  "exposure.row.policies": "정책",
  "exposure.row.patches": "패치",
  "exposure.reach.exposed": "노출됨: 클러스터 외부에서 접근할 수 있습니다.",
  "exposure.reach.unknown": "알 수 없음: 이 오브젝트만으로는 판단할 수 없습니다.",
  "exposure.reach.limited": "제한됨: 일부 주소에서만 접근할 수 있습니다.",
  "exposure.reach.internal": "내부: 클러스터 외부에서 접근하게 하는 오브젝트가 없습니다.",
  "exposure.state.exposed": "노출됨",
  "exposure.state.limited": "제한됨",
  "exposure.state.unknown": "알 수 없음",
  "exposure.way.loadBalancer": "로드 밸런서",
  "exposure.way.nodePort": "노드 포트",
  "exposure.way.externalIp": "외부 IP",
  "exposure.way.gateway": "게이트웨이",
  "exposure.way.hostPort": "노드의 포트",
  "exposure.way.hostNetwork": "노드의 네트워크",
  "exposure.moreWays": "그 밖에 경로가 더 있습니다",
  "exposure.unencrypted": "TLS 없음",
  "exposure.note.sourceRanges": "loadBalancerSourceRanges가 주소를 제한합니다",
  "exposure.note.internalHint":
    "어노테이션이 내부 주소나 주소 범위를 요청하지만 모든 클라우드와 컨트롤러가 따르지는 않습니다",
  "exposure.note.privateAddress": "주소가 사설 주소이므로 누가 접근할 수 있는지는 네트워크 구성에 달려 있습니다",
  "exposure.note.networkPolicy": "클러스터 네트워크가 정책을 적용한다면 NetworkPolicy가 접근을 제한합니다",
  "exposure.note.besideLoadBalancer":
    "로드 밸런서는 모든 노드에서 노드 포트로도 열리며, 그곳에는 주소 범위 제한이 적용되지 않습니다",
  "exposure.note.gatewayUnread": "이 라우트의 게이트웨이를 읽지 못했습니다",
  "exposure.note.otherNamespace": "다른 네임스페이스의 ReferenceGrant가 필요하지만 읽지 않았습니다",
  "exposure.policies.none": "들어오는 연결에 대한 NetworkPolicy가 없습니다",
  "exposure.policies.open": "NetworkPolicy가 모든 연결을 허용합니다",
  "exposure.policies.addresses": "NetworkPolicy가 일부 주소를 허용합니다",
  "exposure.policies.pods": "NetworkPolicy가 클러스터의 파드를 허용합니다",
  "exposure.policies.closed": "NetworkPolicy가 들어오는 연결을 모두 막습니다",
  "exposure.policies.unread": "NetworkPolicy를 읽지 못했습니다",
  "exposure.patches.current": "{image}: 수정 버전이 있는 취약점이 없습니다",
  "exposure.patches.outdated": "{image}: 수정 버전이 있는 취약점이 있습니다",
  "exposure.patches.incomplete": "{image}: 검사가 모든 내용을 확인하지 못했습니다",
  "exposure.patches.unknown":
    "{image}: 여기서는 알 수 없습니다. haechi scan {image} 명령이나 콘솔의 실행 중 목록을 확인하십시오",
  "exposure.unread": "확인하지 못한 것이 있으므로 더 노출되어 있을 수 있습니다.",
  "exposure.unread.forbidden": "사용 중인 계정에 목록 조회 권한이 없습니다",
  "exposure.unread.absent": "읽을 것이 없습니다",
  "exposure.unread.invalid": "Kubernetes API의 형식이 아닙니다",
  "exposure.unread.limit": "너무 많거나 너무 빨리 바뀝니다",
  "exposure.unread.noSelector": "셀렉터가 없어 그 뒤에 무엇이 있는지 볼 수 없습니다",
  "exposure.unread.unsupported": "Haechi가 읽지 않는 종류입니다",
  "exposure.unread.more": "그 밖에 {count, plural, other {#건}}",

  "check.HK001": "클러스터 외부에서 레지스트리에 접근할 수 있습니다: {evidence}.",
  "check.HK001.undecided":
    "클러스터 외부에서 레지스트리에 접근할 수 있는지 판단할 수 없습니다.{evidence, select, none {} other { 확인할 곳: {evidence}.}}",
  "check.HK001.advice":
    "서비스를 ClusterIP로 바꾸고 클라이언트는 사설 주소로 접근하게 하십시오. 외부에 열어야 한다면 loadBalancerSourceRanges와 allocateLoadBalancerNodePorts: false를 설정하고 방화벽을 두십시오.",
  "check.HK002": "레지스트리가 TLS 없이 제공됩니다: {evidence}. 비밀번호와 토큰이 암호화되지 않은 채 전송됩니다.",
  "check.HK002.undecided":
    "레지스트리가 TLS로 제공되는지 판단할 수 없습니다: {evidence}. 컨트롤러가 어노테이션이나 기본 설정으로 TLS를 처리할 수 있습니다.",
  "check.HK002.advice": "spec.tls에 호스트와 인증서를 지정하거나 프로토콜이 HTTPS인 리스너만 쓰십시오.",
  "check.HK003":
    "{isDefault, select, yes {레지스트리의 비밀번호가 널리 알려진 값입니다} other {레지스트리의 비밀 정보가 파드에 적혀 있습니다}}: {evidence}.",
  "check.HK003.undecided": "레지스트리로 추정되는 파드에 비밀 정보가 적혀 있습니다: {evidence}.",
  "check.HK003.advice":
    "값을 바꾸고 시크릿에 보관한 뒤 valueFrom으로 읽으십시오. 사람과 로봇마다 필요한 권한만 가진 계정을 따로 만드십시오.",
  "check.HK004": "레지스트리가 사용자를 확인하지 않습니다({evidence}).",
  "check.HK004.undecided": "파드에서 인증 설정을 찾을 수 없습니다({evidence} 없음). 설정 파일에서 켰을 수 있습니다.",
  "check.HK004.advice": "사람과 로봇마다 계정을 두고 인증을 켜고, 익명 접근을 끄십시오.",
  "check.HK005":
    "클러스터 안에서 레지스트리에 접근할 수 있는 대상을 제한하는 NetworkPolicy가 없습니다. Calico, Cilium 등의 정책은 읽지 않습니다.",
  "check.HK005.undecided": "NetworkPolicy를 읽지 못해 누가 레지스트리에 접근할 수 있는지 판단할 수 없습니다.",
  "check.HK005.advice": "레지스트리의 포트를 클라이언트에게만 허용하는 NetworkPolicy를 작성하십시오.",
  "check.HK006": "레지스트리에 수정 버전이 있는 취약점이 {count, plural, other {#건}} 있습니다: {evidence}.",
  "check.HK006.undecided": "레지스트리 이미지의 검사가 모든 내용을 확인하지 못했습니다: {evidence}.",
  "check.HK006.advice": "취약점이 수정된 버전으로 레지스트리를 업데이트하고 다시 검사하십시오.",
  "check.HK010": "클러스터 외부에서 {product} 포트에 접근할 수 있습니다: {evidence}.",
  "check.HK010.undecided":
    "클러스터 외부에서 {product} 포트에 접근할 수 있는지 판단할 수 없습니다.{evidence, select, none {} other { 확인할 곳: {evidence}.}}",
  "check.HK010.advice":
    "이미지에서 원격 접속 서버를 빼고 kubectl exec를 쓰십시오. 그때까지는 서비스, hostPort, 로드 밸런서에서 포트를 제거하십시오.",
  "check.HK011": "{product} 포트를 막는 NetworkPolicy가 없어 클러스터의 모든 파드가 접근할 수 있습니다.",
  "check.HK011.undecided": "NetworkPolicy를 읽지 못해 누가 {product} 포트에 접근할 수 있는지 판단할 수 없습니다.",
  "check.HK011.advice": "이미지에서 원격 접속 서버를 빼십시오. 그때까지는 NetworkPolicy로 포트를 막으십시오.",
};
