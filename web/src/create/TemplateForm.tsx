import { Suspense, useDeferredValue, useId, useMemo, useState } from "react";

import { useAddress } from "../address";
import type { Template, TemplateField } from "../api/types";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { Select } from "../ui/Select";
import { later } from "../ui/later";
import { useErrorText } from "../ui/Notices";
import { useSnapshot } from "../workspace";
import { type Fault, faults, filled, hintOfField, nameOfField, startingValues } from "./template";

const Markdown = later(() => import("../detail/Markdown").then((all) => all.Markdown));

interface Props {
  readonly template: Template;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onBack: () => void;
  readonly onCreate: (values: Readonly<Record<string, string>>, projectId: string) => void;
}

/** Fields of one line; the rest has room for more. */
const SHORT = new Set(["baslik", "title", "modul", "module", "etiketler", "tags", "alan", "area", "konu", "topic"]);

export function TemplateForm({ template, busy, error, onBack, onCreate }: Props) {
  const text = useText();
  const openDialog = useOpenDialog();
  const id = useId();
  const errorText = useErrorText();
  const { projects } = useSnapshot();
  const { project } = useAddress();
  const [values, setValues] = useState(() => startingValues(template));
  const [tried, setTried] = useState(false);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const start = projects.find((each) => each.id === project) ?? projects.find((each) => each.is_active) ?? projects[0];
  const [projectId, setProjectId] = useState(start?.id ?? "");
  const found = useMemo(() => faults(template, values), [template, values]);
  const settled = useDeferredValue(values);
  const missing = [...found.values()].filter((fault) => fault === "missing").length;

  const submit = () => {
    setTried(true);
    const [first] = found.keys();
    if (first === undefined) onCreate(values, projectId);
    else document.getElementById(`${id}-${first}`)?.focus();
  };

  return (
    <form
      className="wizard-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <div className="dialog-body">
        {template.alanlar.map((field) => (
          <Field
            key={field.isim}
            id={`${id}-${field.isim}`}
            field={field}
            value={values[field.isim] ?? ""}
            fault={tried || touched.has(field.isim) ? (found.get(field.isim) ?? null) : null}
            onChange={(value) => setValues((last) => ({ ...last, [field.isim]: value }))}
            onLeave={() => setTouched((last) => new Set([...last, field.isim]))}
          />
        ))}
        {projects.length === 0 ? (
          <p className="problem">
            {text.templateNeedsProject}{" "}
            <button type="button" className="link" onClick={() => openDialog({ name: "newProject" })}>
              {text.newProject}
            </button>
          </p>
        ) : (
          <div className="field">
            <label htmlFor={`${id}-project`}>{text.project}</label>
            <Select
              id={`${id}-project`}
              value={projectId}
              options={projects.map((each) => ({ value: each.id, name: each.isim }))}
              onChoose={setProjectId}
            />
          </div>
        )}
        <section className="field" aria-label={text.preview}>
          <h3 className="label">{text.preview}</h3>
          <div className="wizard-preview">
            <strong dir="auto">{filled(template.varsayilan_baslik, settled)}</strong>
            <Suspense fallback={null}>
              <Markdown text={filled(template.aciklama_template, settled)} />
            </Suspense>
          </div>
        </section>
      </div>
      {error !== null && (
        <p className="problem wizard-problem" role="alert">
          {errorText(error)}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button wizard-back dialog-aside" onClick={onBack}>
          {text.back}
        </button>
        {tried && missing > 0 && (
          <span className="required" role="alert">
            {text.fieldsMissing(missing)}
          </span>
        )}
        <button className="button primary" disabled={busy || projects.length === 0}>
          {text.create}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly id: string;
  readonly field: TemplateField;
  readonly value: string;
  readonly fault: Fault | null;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
}

function Field({ id, field, value, fault, onChange, onLeave }: FieldProps) {
  const text = useText();
  const name = nameOfField(field);
  const hint = hintOfField(field);
  const sentences: Readonly<Record<Fault, string>> = {
    missing: text.requiredMissing(name),
    number: text.notANumber,
    date: text.notADate,
    option: text.chooseOne,
  };
  const control = {
    id,
    className: "input",
    value,
    onBlur: onLeave,
    "aria-required": field.zorunlu,
    "aria-invalid": fault !== null,
    "aria-describedby": fault !== null || hint !== "" ? `${id}-note` : undefined,
  } as const;
  const typed = { ...control, onChange: ({ target }: { target: { value: string } }) => onChange(target.value) };
  return (
    <div className="field">
      <label htmlFor={id}>
        {name}
        {field.zorunlu && (
          <span className="required" title={text.requiredField} aria-hidden="true">
            {" "}
            *
          </span>
        )}
      </label>
      {field.tip === "select" ? (
        <Select
          {...control}
          options={[
            ...(field.zorunlu && field.varsayilan !== "" ? [] : [{ value: "", name: text.chooseOne }]),
            ...field.secenekler.map((option) => ({ value: option, name: optionName(option, text.priority) })),
          ]}
          onChoose={onChange}
        />
      ) : field.tip === "date" ? (
        <input {...typed} type="date" />
      ) : field.tip === "number" ? (
        <input {...typed} inputMode="decimal" />
      ) : SHORT.has(field.isim) ? (
        <input {...typed} maxLength={500} />
      ) : (
        <textarea {...typed} rows={2} />
      )}
      {fault !== null ? (
        <p id={`${id}-note`} className="fault">
          {sentences[fault]}
        </p>
      ) : (
        hint !== "" && (
          <p id={`${id}-note`} className="muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** The tokens of priorities are for machines. */
function optionName(option: string, names: Readonly<Record<string, string>>): string {
  return names[option] ?? option;
}
