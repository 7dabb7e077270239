/** Short messages over the page; they go by themselves, refusals later than the rest. */

import { createContext, type ReactNode, use, useCallback, useEffect, useState } from "react";

import { Refused, Unreachable } from "../api/client";
import { useText } from "../locale";
import { Icon } from "./Icon";

type Kind = "info" | "error";

/** One thing to do about it. */
export interface NoticeAction {
  readonly name: string;
  readonly run: () => void;
}

interface Notice {
  readonly id: number;
  readonly kind: Kind;
  readonly text: string;
  readonly action: NoticeAction | undefined;
}

type Notify = (kind: Kind, text: string, action?: NoticeAction) => void;

const NoticeContext = createContext<Notify>(() => undefined);
const SHOWN_AT_ONCE = 3;
const STAYS_MS: Readonly<Record<Kind, number>> = { info: 5_000, error: 15_000 };

export function useNotify(): Notify {
  return use(NoticeContext);
}

/** What to tell the user of a failure: the daemon's own words where there are any. */
export function useErrorText(): (reason: Error) => string {
  const text = useText();
  return (reason) => {
    if (reason instanceof Unreachable) return text.unreachable;
    return reason instanceof Refused || reason.message !== "" ? reason.message : String(reason);
  };
}

export function NoticeProvider({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const dismiss = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const notify = useCallback<Notify>((kind, text, action) => {
    setNotices((all) => {
      const others = all.filter((notice) => notice.text !== text);
      return [...others, { id: (all.at(-1)?.id ?? 0) + 1, kind, text, action }].slice(-SHOWN_AT_ONCE);
    });
  }, []);

  return (
    <NoticeContext value={notify}>
      {children}
      <div className="notices">
        {(["info", "error"] as const).map((kind) => (
          <div key={kind} role={kind === "error" ? "alert" : "status"} aria-atomic="false">
            {notices
              .filter((notice) => notice.kind === kind)
              .map((notice) => (
                <NoticeLine key={notice.id} notice={notice} onDismiss={dismiss} />
              ))}
          </div>
        ))}
      </div>
    </NoticeContext>
  );
}

interface LineProps {
  readonly notice: Notice;
  readonly onDismiss: (id: number) => void;
}

function NoticeLine({ notice, onDismiss }: LineProps) {
  const text = useText();
  const { id, kind } = notice;
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(id), STAYS_MS[kind]);
    return () => clearTimeout(timer);
  }, [id, kind, onDismiss]);
  return (
    <p className="notice" data-kind={kind}>
      <span>{notice.text}</span>
      {notice.action !== undefined && (
        <button
          type="button"
          className="button quiet notice-action"
          onClick={() => {
            notice.action?.run();
            onDismiss(id);
          }}
        >
          {notice.action.name}
        </button>
      )}
      <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => onDismiss(id)}>
        <Icon name="close" />
      </button>
    </p>
  );
}
