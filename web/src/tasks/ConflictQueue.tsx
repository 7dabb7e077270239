import { Suspense, useSyncExternalStore } from "react";

import { later } from "../ui/later";
import { useWorkspace } from "../workspace";

const DecisionDialog = later(() => import("./DecisionDialog").then((all) => all.DecisionDialog));

/** Asks about each change that needs the user's word, one after the other. */
export function ConflictQueue() {
  const { outbox } = useWorkspace();
  const [first] = useSyncExternalStore(outbox.subscribe, outbox.decisions);
  if (first === undefined) return null;
  return (
    <Suspense fallback={null}>
      <DecisionDialog key={first.write.id} decision={first} onDone={() => outbox.decided(first)} onAgain={() => outbox.again(first)} />
    </Suspense>
  );
}
