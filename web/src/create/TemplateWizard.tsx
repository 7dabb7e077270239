import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useOpenTask } from "../address";
import type { Template } from "../api/types";
import { useLanguage, useText } from "../locale";
import { fold } from "../tasks/fold";
import { Dialog } from "../ui/Dialog";
import { useErrorText } from "../ui/Notices";
import { useWorkspace } from "../workspace";
import "./create.css";
import { TemplateForm } from "./TemplateForm";

interface Props {
  readonly templateId: string | null;
  readonly onClose: () => void;
}

/** Choose a template, fill its fields, see what comes of it. */
export function TemplateWizard({ templateId, onClose }: Props) {
  const text = useText();
  const language = useLanguage();
  const { client, feed } = useWorkspace();
  const openTask = useOpenTask();
  const errorText = useErrorText();
  const [chosenId, setChosenId] = useState(templateId);
  const { data: templates, error } = useQuery({
    queryKey: [...feed.key, "templates", language],
    queryFn: ({ signal }) => client.templates(signal),
  });
  const chosen = templates?.find(({ id }) => id === chosenId) ?? null;
  const create = useMutation({
    mutationFn: ({ template, values, projectId }: { template: Template; values: Readonly<Record<string, string>>; projectId: string }) =>
      client.createFromTemplate(template.id, values, projectId, crypto.randomUUID()),
    onSuccess: ({ entity, seq }) => {
      feed.tookTask(entity, seq);
      onClose();
      openTask(entity.id);
    },
  });
  return (
    <Dialog title={chosen === null ? text.newFromTemplate : chosen.isim} size="large" className="wizard-dialog" onClose={onClose}>
      <div className="wizard" data-chosen={chosen !== null}>
        {error !== null && <p className="problem">{errorText(error)}</p>}
        <TemplateList
          templates={templates ?? []}
          chosenId={chosenId}
          onChoose={(id) => {
            create.reset();
            setChosenId(id);
          }}
        />
        {chosen === null ? (
          <p className="wizard-form wizard-empty">{text.chooseTemplate}</p>
        ) : (
          <TemplateForm
            key={chosen.id}
            template={chosen}
            busy={create.isPending}
            error={create.error}
            onBack={() => setChosenId(null)}
            onCreate={(values, projectId) => create.mutate({ template: chosen, values, projectId })}
          />
        )}
      </div>
    </Dialog>
  );
}

interface ListProps {
  readonly templates: readonly Template[];
  readonly chosenId: string | null;
  readonly onChoose: (id: string) => void;
}

function TemplateList({ templates, chosenId, onChoose }: ListProps) {
  const text = useText();
  const [filter, setFilter] = useState("");
  const wanted = fold(filter);
  const shown = templates.filter(({ isim, tanim, alias, kategori }) => fold(`${isim} ${tanim} ${alias} ${kategori}`).includes(wanted));
  return (
    <div className="wizard-list">
      <input
        type="search"
        className="input"
        autoFocus
        aria-label={text.filterTemplates}
        placeholder={text.filterTemplates}
        value={filter}
        onChange={({ target }) => setFilter(target.value)}
      />
      <ul role="list" aria-label={text.templates}>
        {shown.map((template) => (
          <li key={template.id}>
            <button type="button" className="wizard-choice" aria-pressed={template.id === chosenId} onClick={() => onChoose(template.id)}>
              {template.isim}
              <span>{template.tanim || template.kategori}</span>
            </button>
          </li>
        ))}
      </ul>
      {templates.length > 0 && shown.length === 0 && <p className="muted">{text.noTemplates}</p>}
    </div>
  );
}
