import { useEffect, useEffectEvent, useRef } from "react";

import { useAddress, useGoTo, useOpenTask } from "../address";
import type { LiveState } from "../api/live";
import { useText } from "../locale";
import { useShortcut } from "../shortcuts/useShortcut";
import { useDismiss, useNotify } from "../ui/Notices";
import { tasksById, useSnapshot, useWorkspace } from "../workspace";
import { gathered, type News, onlyActor, onlyTask, sentenceOf } from "./news";
import { useNoticesOn } from "./preference";
import { ReloadBar } from "./ReloadBar";
import { StartHint } from "./StartHint";

/** What comes closer together than this is told as one. */
const GATHER_MS = 700;
const NOTICE = "news";

/** What the page says by itself: that somebody else created or finished a task, that it is of another version, that the daemon is away. */
export function LiveNotices({ live }: { readonly live: LiveState }) {
  const on = useNoticesOn();
  return (
    <>
      {on && <NewsNotice />}
      <ReloadBar live={live} />
      <StartHint live={live} />
    </>
  );
}

/** One quiet notice: as long as it is there, what comes is added to it. */
function NewsNotice() {
  const text = useText();
  const notify = useNotify();
  const dismiss = useDismiss();
  const openTask = useOpenTask();
  const goTo = useGoTo();
  const { feed } = useWorkspace();
  const { tasks } = useSnapshot();
  const { task: openId } = useAddress();
  const told = useRef<readonly News[]>([]);
  /** Where the last notice leads, for as long as the page is open. */
  const lead = useRef<(() => void) | null>(null);

  const tell = useEffectEvent(() => {
    // What is open before the user's eyes needs no word.
    const news = told.current.filter(({ taskId }) => taskId !== openId);
    if (news.length === 0) return;
    const taskId = onlyTask(news);
    const actor = onlyActor(news);
    const run = () => {
      told.current = [];
      if (taskId !== null && tasksById(tasks).has(taskId)) openTask(taskId);
      else goTo("activity", { task: null, actor: actor?.client ?? null });
    };
    lead.current = run;
    const action = { name: taskId === null ? text.newsShow : text.newsOpen, run };
    notify("info", sentenceOf(news, text), action, { key: NOTICE, onGone: () => (told.current = []) });
  });
  useShortcut("openNotice", () => {
    lead.current?.();
    dismiss(NOTICE);
  });

  useEffect(() => {
    let telling: ReturnType<typeof setTimeout> | undefined;
    const stop = feed.listen((frame, before) => {
      const now = gathered(told.current, frame, before);
      if (now === told.current) return;
      told.current = now;
      telling ??= setTimeout(() => {
        telling = undefined;
        tell();
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(telling);
    };
  }, [feed]);
  return null;
}
