/** Short messages over the page; they go by themselves, refusals later than the rest. */

import { createContext, type ReactNode, use, useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import { Refused, Unreachable } from "../api/client";
import { useText } from "../locale";
import { Icon } from "./Icon";

type Kind = "info" | "error";

/** One thing to do about it. */
export interface NoticeAction {
  readonly name: string;
  readonly run: () => void;
}

interface Options {
  /** A notice of the same key is replaced where it stands. */
  readonly key?: string;
  /** Called when it went away, by itself or by the user's hand. */
  readonly onGone?: () => void;
}

interface Notice extends Options {
  readonly id: number;
  readonly kind: Kind;
  readonly text: string;
  readonly action: NoticeAction | undefined;
}

type Notify = (kind: Kind, text: string, action?: NoticeAction, options?: Options) => void;

const NoticeContext = createContext<Notify>(() => undefined);
const DismissContext = createContext<(key: string) => void>(() => undefined);
const SHOWN_AT_ONCE = 3;
const GAP_PX = 8;
const STAYS_MS: Readonly<Record<Kind, number>> = { info: 5_000, error: 15_000 };

export function useNotify(): Notify {
  return use(NoticeContext);
}

/** Takes the notice of a key away: what it told of has been seen. */
export function useDismiss(): (key: string) => void {
  return use(DismissContext);
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
  const dismissKey = useCallback((key: string) => setNotices((all) => all.filter((notice) => notice.key !== key)), []);
  const notify = useCallback<Notify>((kind, text, action, options = {}) => {
    setNotices((all) => {
      const next = Math.max(0, ...all.map(({ id }) => id)) + 1;
      const former = all.find(({ key }) => key !== undefined && key === options.key);
      const notice = { id: former?.id ?? next, kind, text, action, ...options };
      if (former !== undefined) return all.map((each) => (each === former ? notice : each));
      return [...all.filter((each) => each.text !== text), notice].slice(-SHOWN_AT_ONCE);
    });
  }, []);

  const stack = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => pileUp(stack.current), [notices]);

  return (
    <NoticeContext value={notify}>
      <DismissContext value={dismissKey}>{children}</DismissContext>
      <div ref={stack} className="notices">
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

/** The oldest lies below. They are moved by transforms: with one coming or going, the browser counts no layout shift. */
function pileUp(stack: HTMLElement | null): void {
  let height = 0;
  const lines = [...(stack?.querySelectorAll<HTMLElement>(".notice") ?? [])];
  for (const line of lines.toSorted((one, other) => Number(one.dataset["id"]) - Number(other.dataset["id"]))) {
    line.style.transform = `translateY(${-height}px)`;
    height += line.offsetHeight + GAP_PX;
  }
}

interface LineProps {
  readonly notice: Notice;
  readonly onDismiss: (id: number) => void;
}

/** Its time runs only while somebody can see it and nobody is at it. */
function NoticeLine({ notice, onDismiss }: LineProps) {
  const text = useText();
  const { id, kind, text: said, onGone } = notice;
  const [held, setHeld] = useState(false);
  const visible = useVisible();
  const gone = useEffectEvent(() => {
    onDismiss(id);
    onGone?.();
  });
  useEffect(() => {
    if (held || !visible) return;
    const timer = setTimeout(() => gone(), STAYS_MS[kind]);
    return () => clearTimeout(timer);
  }, [kind, said, held, visible]);
  return (
    <p
      className="notice"
      data-kind={kind}
      data-id={id}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span dir="auto">{said}</span>
      {notice.action !== undefined && (
        <button
          type="button"
          className="button quiet notice-action"
          onClick={() => {
            notice.action?.run();
            gone();
          }}
        >
          {notice.action.name}
        </button>
      )}
      <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => gone()}>
        <Icon name="close" />
      </button>
    </p>
  );
}

function useVisible(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener("visibilitychange", changed);
      return () => document.removeEventListener("visibilitychange", changed);
    },
    () => document.visibilityState === "visible",
  );
}
