/**
 * The page of Gorev. `api/` speaks with the daemon: REST, the event stream, the feed that keeps one workspace true in the
 * query cache, and the outbox through which the page changes it. `router.tsx` says which address shows what; `shell/` is
 * what every view stands in; `tree/`, `board/`, `graph/`, `summary/`, `activity/` are the views; `detail/` and `create/`
 * show, change and make a task; `ui/` wraps the primitives; `locale/` holds every text. Titles are shown as text, never as
 * markup; descriptions are Markdown, made harmless in `detail/markdown.ts`.
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Refused } from "./api/client";
import "./app.css";
import { loadCatalogue, readLanguage } from "./locale";
import { router } from "./router";
import { applyAppearance } from "./shell/appearance";

const READ_RETRIES = 2;

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // The daemon is on this machine: being offline says nothing about it.
      networkMode: "always",
      retry: (failures, reason) => failures < READ_RETRIES && !(reason instanceof Refused && reason.status < 500),
    },
    mutations: { networkMode: "always" },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

applyAppearance();
void loadCatalogue(readLanguage()).then(() => {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
});
