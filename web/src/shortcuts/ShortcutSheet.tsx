import { useState } from "react";

import { useText } from "../locale";
import { fold } from "../tasks/fold";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { Keys } from "./Keys";
import { keysOf, SCOPES, type Scope, type ShortcutId, SHORTCUTS } from "./registry";
import "./sheet.css";
import { setSingleKeys, useSingleKeys } from "./useShortcut";

const ALL = Object.keys(SHORTCUTS) as ShortcutId[];

/** Every key of the page, by where it is heard. */
export function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const singleKeys = useSingleKeys();
  const [wanted, setWanted] = useState("");
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  const found = ALL.filter((id) => {
    const said = fold(`${text.shortcut[id]} ${keysOf(id).join(" ")}`);
    return words.every((word) => said.includes(word));
  });
  const shown = SCOPES.filter((scope) => found.some((id) => SHORTCUTS[id].scope === scope));
  return (
    <Dialog title={text.shortcuts} size="large" className="sheet" onClose={onClose}>
      <div className="sheet-head">
        <input
          className="input"
          type="search"
          autoFocus
          aria-label={text.sheetFilter}
          placeholder={text.sheetFilter}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
      </div>
      <div className="dialog-body sheet-body" tabIndex={0} role="region" aria-label={text.shortcuts}>
        {shown.map((scope) => (
          <Section key={scope} scope={scope} ids={found.filter((id) => SHORTCUTS[id].scope === scope)} />
        ))}
        <p className="muted" role="status">
          {found.length === 0 && text.sheetNothing}
        </p>
      </div>
      <div className="dialog-actions sheet-foot">
        <Checkbox label={text.singleKeys} checked={singleKeys} onChange={setSingleKeys} />
        <p className="muted">{text.singleKeysHint}</p>
      </div>
    </Dialog>
  );
}

function Section({ scope, ids }: { readonly scope: Scope; readonly ids: readonly ShortcutId[] }) {
  const text = useText();
  return (
    <section className="sheet-section">
      <h3>{text.scopes[scope]}</h3>
      <dl>
        {ids.map((id) => (
          <div key={id} className="sheet-line">
            <dt>{text.shortcut[id]}</dt>
            <dd>
              {keysOf(id).map((written, at) => (
                <span key={written}>
                  {at > 0 && <span className="muted sheet-or"> {text.sheetOr} </span>}
                  <Keys id={id} at={at} />
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
