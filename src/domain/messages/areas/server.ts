// SPDX-License-Identifier: Apache-2.0

export const serverEn = {
  "server.ready": "Haechi {version} is ready ({seconds} s).",
  "server.console": "Console",
  "server.registry": "Registry",
  "server.admission": "Admission",
  "server.cluster": "Cluster",
  "server.clusterRead": "{server}, {count, plural, one {# policy} other {# policies}}",
  "server.clusterNotRead":
    "{server} did not answer yet: this server is not ready, and everything stays undecided until it has read the policies",
  "server.user": "User",
  "server.password": "Password",
  "server.passwordOnce": "shown only this once; the console asks for a new one at the first login",
  "server.advisories": "Advisories",
  "server.advisoriesBundled":
    "{date}, {count, plural, one {# advisory} other {# advisories}}: the small database that ships with Haechi; import a full one with “npx haechi db import”",
  "server.advisoriesFull": "{date}, {count, plural, one {# advisory} other {# advisories}}",
  "server.data": "Data",
  "server.stop": "Stop",
  "server.stopHow": "Ctrl-C; what was acknowledged stays",
  "server.portBusy":
    "{address} is in use by another program. Stop that program, or choose another address with {flag} HOST:PORT or {variable}.",
  "server.portForbidden":
    "{address} must not be opened by this account. Choose a port above 1023 with {flag} HOST:PORT or {variable}.",
  "server.addressUnusable":
    "{address} is not an address of this machine. Choose one of its addresses with {flag} HOST:PORT or {variable}.",
  "server.stopping": "Stopping: requests in flight are finished first.",
  "server.stopped": "Stopped.",
} as const;

export const serverKo: Record<keyof typeof serverEn, string> = {
  "server.ready": "Haechi {version} 준비가 끝났습니다({seconds}초).",
  "server.console": "콘솔",
  "server.registry": "레지스트리",
  "server.admission": "어드미션",
  "server.cluster": "클러스터",
  "server.clusterRead": "{server}, 정책 {count, plural, other {#}}개",
  "server.clusterNotRead":
    "{server} 서버가 아직 응답하지 않습니다. 정책을 읽을 때까지 Haechi는 준비되지 않은 상태이며 모든 판정을 보류합니다",
  "server.user": "사용자",
  "server.password": "비밀번호",
  "server.passwordOnce": "지금 한 번만 표시됩니다. 처음 로그인하면 콘솔에서 새 비밀번호를 정합니다",
  "server.advisories": "보안 권고",
  "server.advisoriesBundled":
    "{date} 기준 {count, plural, other {#}}건: Haechi에 내장된 작은 데이터베이스입니다. “npx haechi db import” 명령으로 전체 데이터베이스를 가져오십시오",
  "server.advisoriesFull": "{date} 기준 {count, plural, other {#}}건",
  "server.data": "데이터",
  "server.stop": "종료",
  "server.stopHow": "Ctrl-C를 누르십시오. 저장이 확인된 데이터는 그대로 남습니다",
  "server.portBusy":
    "{address} 주소를 다른 프로그램이 사용하고 있습니다. 그 프로그램을 종료하거나 {flag} 호스트:포트 또는 {variable}로 다른 주소를 지정하십시오.",
  "server.portForbidden":
    "이 계정은 {address} 주소를 열 수 없습니다. {flag} 호스트:포트 또는 {variable}로 1023보다 큰 포트를 지정하십시오.",
  "server.addressUnusable":
    "{address} 주소는 이 장비의 주소가 아닙니다. {flag} 호스트:포트 또는 {variable}로 이 장비의 주소를 지정하십시오.",
  "server.stopping": "종료하는 중입니다. 처리 중인 요청을 먼저 마칩니다.",
  "server.stopped": "종료했습니다.",
};
