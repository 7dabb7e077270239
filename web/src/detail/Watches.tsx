import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { type Task, wires } from "../api/types";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { useWorkspace } from "../workspace";

/** The files whose changes move this task on, where there are any. */
export function Watches({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const { client, feed } = useWorkspace();
  const { data: paths = [] } = useQuery({
    queryKey: [...feed.key, "watches", task.id],
    queryFn: async ({ signal }) => {
      const { data } = await client.tool("gorev_file_watch", { action: "list", task_id: task.id }, signal);
      return wires(data["izlemeler"]).map((watch) => String(watch["file_path"] ?? ""));
    },
    retry: false,
  });
  if (paths.length === 0) return null;
  return (
    <section className="detail-section" aria-labelledby={id}>
      <h3 id={id}>{text.watches}</h3>
      <ul role="list" className="detail-list">
        {paths.map((path) => (
          <li key={path} className="detail-line">
            <Icon name="file" />
            <bdi className="detail-path">{path}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
