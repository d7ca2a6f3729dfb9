// SPDX-License-Identifier: Apache-2.0

export const consoleClusterEn = {
  "console.nav.cluster": "Cluster",

  "console.cluster.title": "Cluster",
  "console.cluster.hint":
    "Kubernetes and the container runtimes of the nodes, in the versions that they tell, and what the advisories know about these.",
  "console.cluster.unwatched": "No cluster is connected",
  "console.cluster.unwatchedHint": "Set cluster.connection to see of which versions your cluster is made.",
  "console.cluster.column.component": "Program",
  "console.cluster.column.nodes": "Nodes",
  "console.cluster.column.state": "State",
  "console.cluster.column.findings": "Vulnerabilities",
  "console.cluster.nodes": "{count, plural, one {# node} other {# nodes}}",
  "console.cluster.moreNodes": "and {count, number} more",
  "console.cluster.controlPlane": "Control plane",
  "console.cluster.compared":
    "compared as {version}, without the vendor’s suffix; its build may hold fixes of later versions",
  "console.cluster.state.affected": "Vulnerable",
  "console.cluster.state.undecided": "Undecided",
  "console.cluster.state.uncovered": "Not covered",
  "console.cluster.state.clear": "Nothing known",
  "console.cluster.show": "{count, plural, one {Show # vulnerability} other {Show # vulnerabilities}}",
  "console.cluster.fixedIn": "fixed in {versions}",
  "console.cluster.cannotTell": "nobody can tell",
  "console.cluster.noFix": "no fix is known",
  "console.cluster.undecidedFinding": "nobody can tell whether this version has it",
  "console.cluster.knownExploited": "Attacked in practice",
  "console.cluster.name.runtime": "Container runtime",
  "console.cluster.name.kernel": "Linux kernel",
  "console.cluster.name.operating-system": "Operating system",
  "console.cluster.gaps": "What this page cannot tell",
  "console.cluster.gap.untold": "The version of {component} is told by nobody, or not by every node.",
  "console.cluster.gap.runtimeUntold": "Not every node tells its container runtime.",
  "console.cluster.gap.runc":
    "Nodes do not tell the version of runc, though it is what keeps containers apart. Look it up on the nodes with “runc --version”, and update it together with the container runtime.",
  "console.cluster.gap.controlPlane":
    "The API does not tell the versions of etcd, the scheduler and the controller manager. Where they run as Pods, their images are on the page “Running”; of a managed cluster, ask its provider.",
  "console.cluster.gap.plugins":
    "Network, storage and device plugins are not told with the nodes. Where they run as Pods, their images are on the page “Running”.",
  "console.cluster.gap.unreadable": "{component} says that its version is “{version}”, which nobody can compare.",
  "console.cluster.gap.runtimeUnknown": "A node runs “{version}”, a container runtime that is not known here.",
  "console.cluster.gap.advisoriesMissing":
    "The advisory database knows nothing about {component}. Import Go’s advisories and the CVE feed of Kubernetes to have it compared.",
  "console.cluster.gap.nodeSystem":
    "Packages and kernels of the nodes are not compared. “haechi scan dir:/” on a node, or on its image, tells what is in it.",
  "console.cluster.gap.tooMany":
    "Nodes tell so many versions of {component} that only the most frequent ones were compared.",
} as const;

export const consoleClusterKo: Readonly<Record<keyof typeof consoleClusterEn, string>> = {
  "console.nav.cluster": "클러스터",

  "console.cluster.title": "클러스터",
  "console.cluster.hint":
    "쿠버네티스와 각 노드의 컨테이너 런타임이 알려 주는 버전과, 그 버전에 대해 알려진 취약점입니다.",
  "console.cluster.unwatched": "연결된 클러스터가 없습니다",
  "console.cluster.unwatchedHint": "클러스터를 구성하는 버전을 보려면 cluster.connection을 설정하십시오.",
  "console.cluster.column.component": "프로그램",
  "console.cluster.column.nodes": "노드",
  "console.cluster.column.state": "상태",
  "console.cluster.column.findings": "취약점",
  "console.cluster.nodes": "{count, plural, other {노드 #개}}",
  "console.cluster.moreNodes": "외 {count, number}개",
  "console.cluster.controlPlane": "컨트롤 플레인",
  "console.cluster.compared":
    "공급자가 붙인 접미사를 빼고 {version} 버전으로 비교했습니다. 공급자의 빌드에는 이후 버전의 수정이 들어 있을 수 있습니다",
  "console.cluster.state.affected": "취약",
  "console.cluster.state.undecided": "판단 불가",
  "console.cluster.state.uncovered": "비교 불가",
  "console.cluster.state.clear": "알려진 것 없음",
  "console.cluster.show": "{count, plural, other {취약점 #건 보기}}",
  "console.cluster.fixedIn": "수정 버전 {versions}",
  "console.cluster.cannotTell": "알 수 없음",
  "console.cluster.noFix": "알려진 수정 버전 없음",
  "console.cluster.undecidedFinding": "이 버전이 해당하는지 판단할 수 없습니다",
  "console.cluster.knownExploited": "실제 공격에 쓰임",
  "console.cluster.name.runtime": "컨테이너 런타임",
  "console.cluster.name.kernel": "리눅스 커널",
  "console.cluster.name.operating-system": "운영체제",
  "console.cluster.gaps": "이 페이지로 알 수 없는 것",
  "console.cluster.gap.untold": "{component} 버전을 알려 주는 곳이 없거나, 알려 주지 않는 노드가 있습니다.",
  "console.cluster.gap.runtimeUntold": "컨테이너 런타임을 알려 주지 않는 노드가 있습니다.",
  "console.cluster.gap.runc":
    "runc는 컨테이너를 격리하는 프로그램이지만 노드가 그 버전을 알려 주지 않습니다. 노드에서 “runc --version”으로 확인하고, 컨테이너 런타임과 함께 업데이트하십시오.",
  "console.cluster.gap.controlPlane":
    "etcd, 스케줄러, 컨트롤러 매니저의 버전은 API로 알 수 없습니다. 파드로 실행된다면 “실행 중” 페이지에 이미지가 있습니다. 관리형 클러스터라면 제공자에게 문의하십시오.",
  "console.cluster.gap.plugins":
    "네트워크, 스토리지, 장치 플러그인의 버전은 노드 정보에 없습니다. 파드로 실행된다면 “실행 중” 페이지에 이미지가 있습니다.",
  "console.cluster.gap.unreadable": "{component} 버전이 “{version}”라고 되어 있어 비교할 수 없습니다.",
  "console.cluster.gap.runtimeUnknown": "알 수 없는 컨테이너 런타임 “{version}”을 사용하는 노드가 있습니다.",
  "console.cluster.gap.advisoriesMissing":
    "보안 권고 데이터베이스에 {component} 정보가 없습니다. 비교하려면 Go 권고와 쿠버네티스 CVE 피드를 가져오십시오.",
  "console.cluster.gap.nodeSystem":
    "노드의 패키지와 커널은 비교하지 않습니다. 노드나 노드 이미지에서 “haechi scan dir:/”를 실행하여 확인하십시오.",
  "console.cluster.gap.tooMany": "노드가 알려 주는 {component} 버전이 너무 많아, 많이 쓰이는 버전만 비교했습니다.",
};
