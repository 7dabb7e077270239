/** Which address shows what. Views are loaded when they are first looked at, or about to be. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { knownOnly, parseAddress, writeAddress } from "./address";
import { App } from "./App";
import { BrokenView, NoSuchAddress, NoSuchPlace } from "./shell/Misplaced";
import { Start, ToTree } from "./shell/Start";
import { WorkspaceShell } from "./shell/WorkspaceShell";
import { alsoLater } from "./ui/later";
import { Waiting } from "./ui/LoadState";

const root = createRootRoute({ component: App, notFoundComponent: NoSuchAddress });

const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });

const workspace = createRoute({
  getParentRoute: () => root,
  path: "w/$workspaceId",
  validateSearch: knownOnly,
  component: WorkspaceShell,
  notFoundComponent: NoSuchPlace,
});

const below = { getParentRoute: () => workspace } as const;

const views = [
  createRoute({ ...below, path: "/", component: ToTree }),
  createRoute({ ...below, path: "tree", component: lazyRouteComponent(alsoLater(() => import("./tree/TreeView")), "TreeView") }),
  createRoute({ ...below, path: "board", component: lazyRouteComponent(alsoLater(() => import("./board/BoardView")), "BoardView") }),
  createRoute({ ...below, path: "graph", component: lazyRouteComponent(alsoLater(() => import("./graph/GraphView")), "GraphView") }),
  createRoute({
    ...below,
    path: "graph/$taskId",
    component: lazyRouteComponent(alsoLater(() => import("./graph/GraphView")), "GraphView"),
  }),
  createRoute({
    ...below,
    path: "summary",
    component: lazyRouteComponent(alsoLater(() => import("./summary/SummaryView")), "SummaryView"),
  }),
  createRoute({
    ...below,
    path: "activity",
    component: lazyRouteComponent(alsoLater(() => import("./activity/ActivityView")), "ActivityView"),
  }),
];

export const router = createRouter({
  routeTree: root.addChildren([start, workspace.addChildren(views)]),
  parseSearch: parseAddress,
  stringifySearch: writeAddress,
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultPendingMs: 300,
  defaultErrorComponent: BrokenView,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
