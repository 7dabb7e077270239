import { useEffect, useId, useMemo, useRef, useState } from "react";

import { useAddress, useChangeAddress } from "../address";
import type { Task } from "../api/types";
import { type Catalogue, useLanguage, useText } from "../locale";
import { useShortcut } from "../shortcuts/useShortcut";
import { localDate } from "../tasks/dates";
import { Icon } from "../ui/Icon";
import { useSnapshot } from "../workspace";
import { complete, type Suggestion } from "./completion";
import { compile } from "./filter";
import { ProfileMenu } from "./ProfileMenu";
import "./search.css";

const TYPING_MS = 90;

/** The query of the address, with proposals for what could stand where the caret is. */
export function SearchField() {
  const text = useText();
  const { q = "" } = useAddress();
  const change = useChangeAddress();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const helpId = useId();
  const typed = useTyped(q, (query) => change({ q: query === "" ? null : query }, { replace: true }));
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(-1);
  const suggestions = useSuggestions(typed.value, caret);
  const open = suggestions.length > 0;
  const unreadable = useUnreadable(typed.value);
  useShortcut("search", () => {
    input.current?.focus();
    input.current?.select();
  });

  const write = (query: string, at: number) => {
    typed.set(query);
    setCaret(at);
    setChosen(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const take = ({ insert, from, to }: Suggestion) => {
    const rest = typed.value.slice(to);
    const inserted = insert.endsWith(" ") && rest.startsWith(" ") ? insert.trimEnd() : insert;
    write(typed.value.slice(0, from) + inserted + rest, from + inserted.length);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = suggestions[chosen];
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" && open) setChosen((chosen + 1) % suggestions.length);
    else if (event.key === "ArrowUp" && open) setChosen(chosen <= 0 ? suggestions.length - 1 : chosen - 1);
    else if (event.key === "Enter" && at !== undefined) take(at);
    else if (event.key === "Enter") {
      // What was searched for is there; on to it.
      setCaret(null);
      document.getElementById("view")?.focus();
    } else if (event.key === "Escape" && open && caret !== null) setCaret(null);
    else if (event.key === "Escape" && typed.value !== "") write("", 0);
    else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="search-field" role="search" data-filled={typed.value !== ""}>
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        className="input"
        role="combobox"
        aria-label={text.searchHint}
        aria-describedby={helpId}
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-autocomplete="list"
        aria-invalid={unreadable !== null}
        aria-activedescendant={chosen >= 0 && open ? `${listId}-${chosen}` : undefined}
        placeholder={text.searchHint}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={typed.value}
        onChange={({ target }) => {
          typed.set(target.value);
          setCaret(target.selectionStart);
          setChosen(-1);
        }}
        onSelect={({ currentTarget }) => {
          if (caret !== null && currentTarget.selectionStart !== caret) {
            setCaret(currentTarget.selectionStart);
            setChosen(-1);
          }
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setCaret(null)}
      />
      <span id={helpId} className="unseen">
        {unreadable === null ? text.searchHelp : text.searchUnreadable(unreadable)}
      </span>
      {typed.value !== "" && (
        <button type="button" className="icon-button" aria-label={text.clearSearch} onClick={() => write("", 0)}>
          <Icon name="close" />
        </button>
      )}
      <ProfileMenu />
      {/* Not there while closed: a list in the page means that something lies over it, and quiets the shortcuts. */}
      {caret !== null && (open || unreadable !== null) && (
        <div className="search-drop">
          {unreadable !== null && <p className="search-problem">{text.searchUnreadable(unreadable)}</p>}
          {open && (
            <ul id={listId} role="listbox" aria-label={text.searchProposals}>
              {suggestions.map((suggestion, at) => (
                <li
                  key={suggestion.shown}
                  id={`${listId}-${at}`}
                  role="option"
                  aria-selected={at === chosen}
                  className="search-option"
                  // Before the field loses the focus.
                  onPointerDown={(event) => {
                    event.preventDefault();
                    take(suggestion);
                  }}
                >
                  <code>{suggestion.shown}</code>
                  <span className="muted">{meaning(suggestion, text)}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}

function meaning({ kind, key, value }: Suggestion, text: Catalogue): string {
  if (kind === "key") return text.filterKeys[key];
  if (key === "durum") return text.status[value as Task["durum"]];
  return key === "oncelik" ? text.priority[value as Task["oncelik"]] : "";
}

/** What stands in the field, ahead of the address by a moment: an address changed at each key would lag behind the typing. */
function useTyped(query: string, report: (query: string) => void) {
  const [value, setValue] = useState(query);
  /** Reported and not yet seen in the address. */
  const sent = useRef<string[]>([]);
  useEffect(() => {
    const at = sent.current.indexOf(query);
    if (at >= 0) sent.current.splice(0, at + 1);
    else setValue(query);
  }, [query]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (next: string) => {
    setValue(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (next === query) return;
      sent.current.push(next);
      report(next);
    }, TYPING_MS);
  };
  return { value, set };
}

function useSuggestions(typed: string, caret: number | null): readonly Suggestion[] {
  const language = useLanguage();
  const { tasks, projects } = useSnapshot();
  const asked = caret !== null && typed.trim() !== "";
  return useMemo(() => {
    if (!asked || caret === null) return [];
    const words = { language, projects: projects.map(({ isim }) => isim), tags: tagsOf(tasks) };
    return complete(typed, caret, words).filter(({ from, to, insert }) => typed.slice(from, to) !== insert.trimEnd());
  }, [asked, caret, typed, language, tasks, projects]);
}

const tagNames = new WeakMap<readonly Task[], readonly string[]>();

function tagsOf(tasks: readonly Task[]): readonly string[] {
  let names = tagNames.get(tasks);
  if (names === undefined) {
    const uses = new Map<string, number>();
    for (const { etiketler } of tasks) for (const { isim } of etiketler) uses.set(isim, (uses.get(isim) ?? 0) + 1);
    names = [...uses].toSorted(([, one], [, other]) => other - one).map(([name]) => name);
    tagNames.set(tasks, names);
  }
  return names;
}

function useUnreadable(typed: string): string | null {
  const { projects } = useSnapshot();
  return useMemo(() => {
    const { unreadable } = compile(typed, { projects, today: localDate() });
    return unreadable.length === 0 ? null : unreadable.join(", ");
  }, [typed, projects]);
}
