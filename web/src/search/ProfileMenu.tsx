import { type FormEvent, useId, useState } from "react";

import { type Address, useAddress, useChangeAddress } from "../address";
import { useText } from "../locale";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Icon } from "../ui/Icon";
import { useErrorText, useNotify } from "../ui/Notices";
import { Popover } from "../ui/Popover";
import { asQuery } from "./matching";
import { type Profile, useProfiles, useProfileWrites } from "./profiles";

/** What a profile makes of the address: its query, in place of all that narrowed before. */
export function withProfile(profile: Profile) {
  return { q: profile.query, profile: String(profile.id), status: null, priority: null, tag: null, due: null };
}

/** Whether the profile in the address is still what narrows. */
export function inForce(profile: Profile, address: Address): boolean {
  return address.profile === String(profile.id) && asQuery(address) === profile.query;
}

/** Saved filters: apply one, keep the present one, delete one. */
export function ProfileMenu() {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState<Profile | null>(null);
  const { remove } = useProfileWrites();
  const notify = useNotify();
  const errorText = useErrorText();
  return (
    <>
      <Popover
        label={text.profiles}
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className="icon-button" aria-label={text.profiles} title={text.profiles}>
            <Icon name="bookmark" />
          </button>
        }
      >
        <Content onDelete={setLeaving} onDone={() => setOpen(false)} />
      </Popover>
      {leaving !== null && (
        <ConfirmDialog
          question={text.profileDeleteQuestion(leaving.name)}
          confirm={text.deleteConfirm}
          busy={false}
          onConfirm={() => {
            setLeaving(null);
            remove(leaving.id).catch((reason: Error) => notify("error", errorText(reason)));
          }}
          onClose={() => setLeaving(null)}
        >
          <code>{leaving.query}</code>
        </ConfirmDialog>
      )}
    </>
  );
}

interface Props {
  readonly onDelete: (profile: Profile) => void;
  readonly onDone: () => void;
}

function Content({ onDelete, onDone }: Props) {
  const text = useText();
  const address = useAddress();
  const change = useChangeAddress();
  const { data, error } = useProfiles(true);
  const { used } = useProfileWrites();
  return (
    <div className="profiles">
      <h2 className="menu-label">{text.profiles}</h2>
      {error !== null && <p className="problem">{text.profilesFailed}</p>}
      {data?.length === 0 && <p className="muted">{text.profilesEmpty}</p>}
      <ul role="list">
        {data?.map((profile) => (
          <li key={profile.id} className="profile" data-on={inForce(profile, address)}>
            <button
              type="button"
              className="profile-apply"
              aria-pressed={inForce(profile, address)}
              onClick={() => {
                change(inForce(profile, address) ? { q: null, profile: null } : withProfile(profile));
                used(profile.id).catch(() => undefined);
                onDone();
              }}
            >
              <bdi className="clipped">{profile.name}</bdi>
              <code className="clipped muted">{profile.query}</code>
            </button>
            {profile.shipped ? null : (
              <button type="button" className="icon-button" aria-label={text.profileDelete(profile.name)} onClick={() => onDelete(profile)}>
                <Icon name="trash" />
              </button>
            )}
          </li>
        ))}
      </ul>
      <SaveForm query={asQuery(address)} taken={data?.map(({ name }) => name) ?? []} onDone={onDone} />
    </div>
  );
}

function SaveForm({ query, taken, onDone }: { readonly query: string; readonly taken: readonly string[]; readonly onDone: () => void }) {
  const text = useText();
  const id = useId();
  const notify = useNotify();
  const errorText = useErrorText();
  const { save } = useProfileWrites();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  if (query === "") return <p className="profile-hint muted">{text.profileSaveHint}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    save(name.trim(), query)
      .then(() => {
        notify("info", text.profileSaved(name.trim()));
        onDone();
      })
      .catch((reason: Error) => setProblem(errorText(reason)));
  };
  return (
    <form className="profile-save field" onSubmit={submit}>
      <label htmlFor={id}>{text.profileName}</label>
      <span className="inline-form">
        <input id={id} className="input" maxLength={200} required value={name} onChange={({ target }) => setName(target.value)} />
        <button type="submit" className="button primary">
          {text.save}
        </button>
      </span>
      <code className="clipped muted">{query}</code>
      {taken.includes(name.trim()) && <p className="muted">{text.profileReplaces}</p>}
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
