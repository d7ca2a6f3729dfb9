// SPDX-License-Identifier: Apache-2.0
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { AuditPage } from "../features/audit/audit-page.tsx";
import { ClusterPage } from "../features/cluster/cluster-page.tsx";
import { DecisionsPage } from "../features/decisions/decisions-page.tsx";
import { readDecisionSearch } from "../features/decisions/model.ts";
import { ExceptionsPage } from "../features/exceptions/exceptions-page.tsx";
import { ImagePage } from "../features/image/image-page.tsx";
import { readImageTab } from "../features/image/model.ts";
import { ImagesPage } from "../features/images/images-page.tsx";
import { PasswordPage } from "../features/login/password-page.tsx";
import { readRunningSearch } from "../features/running/model.ts";
import { RunningImagePage } from "../features/running/running-image-page.tsx";
import { RunningPage } from "../features/running/running-page.tsx";
import { readScanSearch } from "../features/scans/model.ts";
import { ScansPage } from "../features/scans/scans-page.tsx";
import { readHoldingSearch } from "../features/search/model.ts";
import { SearchPage } from "../features/search/search-page.tsx";
import { StatusPage } from "../features/status/status-page.tsx";
import { Layout } from "./layout.tsx";
import { NotFound } from "./not-found.tsx";
import { SessionGate } from "./session-gate.tsx";

const rootRoute = createRootRoute({
  component: () => <SessionGate outlet={<Outlet />} />,
  notFoundComponent: () => (
    <Layout>
      <NotFound />
    </Layout>
  ),
});

const passwordRoute = createRoute({ getParentRoute: () => rootRoute, path: "/password", component: PasswordPage });

const layoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "layout",
  component: () => (
    <Layout>
      <Outlet />
    </Layout>
  ),
});

const indexRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/images", replace: true });
  },
});

const imagesRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/images",
  validateSearch: (search): { page?: number } => {
    const page = Number(search["page"]);
    return Number.isInteger(page) && page > 1 ? { page } : {};
  },
  component: ImagesPage,
});

/** `/image/team/app:1.0` and `/image/team/app@sha256:…`. */
const imageRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/image/$",
  validateSearch: (search): { tab?: ReturnType<typeof readImageTab>; platform?: string } => ({
    ...(search["tab"] === undefined ? {} : { tab: readImageTab(search["tab"]) }),
    ...(typeof search["platform"] === "string" ? { platform: search["platform"] } : {}),
  }),
  component: ImagePage,
});

const scansRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/scans",
  validateSearch: readScanSearch,
  component: ScansPage,
});
const searchRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/search",
  validateSearch: readHoldingSearch,
  component: SearchPage,
});
const decisionsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/decisions",
  validateSearch: readDecisionSearch,
  component: DecisionsPage,
});
const runningRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/running",
  validateSearch: readRunningSearch,
  component: RunningPage,
});
const runningImageRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/running/$id",
  component: RunningImagePage,
});
const exceptionsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/exceptions",
  component: ExceptionsPage,
});
const clusterRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/cluster", component: ClusterPage });
const auditRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/audit", component: AuditPage });
const statusRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/status", component: StatusPage });

const routeTree = rootRoute.addChildren([
  passwordRoute,
  layoutRoute.addChildren([
    indexRoute,
    imagesRoute,
    imageRoute,
    scansRoute,
    searchRoute,
    runningRoute,
    runningImageRoute,
    clusterRoute,
    decisionsRoute,
    exceptionsRoute,
    auditRoute,
    statusRoute,
  ]),
]);

/** The addresses of the console. */
export function createAppRouter() {
  return createRouter({ routeTree, defaultPreload: false, scrollRestoration: false });
}
