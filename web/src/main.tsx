/**
 * The page of Gorev. `api/` speaks with the daemon: REST, the event stream, and the feed that keeps one workspace true in
 * the query cache, which is the only store. `tasks/` and `projects/` show and change it, `ui/` is what both stand in,
 * `locale/` holds every text. Titles and descriptions are shown as text, never as markup.
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Refused } from "./api/client";
import { App } from "./App";
import "./app.css";

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

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
