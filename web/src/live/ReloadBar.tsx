import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { LiveState } from "../api/live";
import { reloadKeepingDrafts } from "../detail/drafts";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { useWorkspace } from "../workspace";
import "./bars.css";

/** Says that the daemon is of another version than the page it served, and offers to load that one's. */
export function ReloadBar({ live }: { readonly live: LiveState }) {
  const text = useText();
  const cache = useQueryClient();
  const { client } = useWorkspace();
  const version = { queryKey: ["version"], queryFn: ({ signal }: { readonly signal: AbortSignal }) => client.version(signal) };
  const { data: served, refetch } = useQuery(version);
  // The one that served the page, for as long as the page lives.
  const { data: own } = useQuery({
    queryKey: [...version.queryKey, "own"],
    queryFn: () => cache.ensureQueryData(version),
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const [later, setLater] = useState("");

  // Another daemon cuts the connection of its predecessor.
  const answers = live === "live" || live === "polling";
  const lost = useRef(false);
  useEffect(() => {
    if (answers && lost.current) void refetch();
    lost.current ||= live === "reconnecting";
  }, [answers, live, refetch]);

  if (!served || !own || served === own || served === later) return null;
  return (
    <div className="page-bar" role="status" data-testid="reload-bar">
      <span>{text.newVersion(served)}</span>
      <button type="button" className="button primary" onClick={reloadKeepingDrafts}>
        {text.reload}
      </button>
      <button type="button" className="icon-button" aria-label={text.notNow} title={text.notNow} onClick={() => setLater(served)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
