import { useText } from "../locale";
import { Checkbox } from "../ui/Checkbox";
import { Choices } from "../ui/Choices";
import { Select } from "../ui/Select";
import { useSnapshot } from "../workspace";
import { RESOLUTIONS } from "./answers";
import { projectsIn, type Source, type Terms } from "./importing";

interface Props {
  readonly source: Source;
  readonly terms: Terms;
  readonly onChange: (terms: Terms) => void;
}

/** How it is imported. */
export function ImportTerms({ source, terms, onChange }: Props) {
  const text = useText();
  const { projects } = useSnapshot();
  const foreign = projectsIn(source);
  const change = (changed: Partial<Terms>) => onChange({ ...terms, ...changed });
  return (
    <>
      <Choices
        label={text.importMode}
        value={terms.replace ? "replace" : "add"}
        inRow
        options={[
          { value: "add", name: text.importAdds, hint: text.importAddsHint },
          { value: "replace", name: text.importReplaces, hint: text.importReplacesHint },
        ]}
        onChoose={(mode) => change({ replace: mode === "replace" })}
      />
      {!terms.replace && (
        <Choices
          label={text.resolutionLabel}
          value={terms.resolution}
          inRow
          options={RESOLUTIONS.map((value) => ({ value, name: text.resolutions[value], hint: text.resolutionHints[value] }))}
          onChoose={(resolution) => change({ resolution })}
        />
      )}
      <details className="transfer-more">
        <summary>{text.moreSettings}</summary>
        <div className="transfer-more-body">
          <label className="field">
            <span className="label">{text.projectForLoose}</span>
            <Select
              value={terms.projectId}
              options={[{ value: "", name: text.noProject }, ...projects.map((each) => ({ value: each.id, name: each.isim }))]}
              onChoose={(projectId) => change({ projectId })}
            />
          </label>
          <Checkbox label={text.keepIds} checked={terms.keepIds} onChange={(keepIds) => change({ keepIds })} />
          {foreign.length > 0 && projects.length > 0 && (
            <fieldset className="field">
              <legend className="label">{text.mappingLabel}</legend>
              <ul className="transfer-mapping" role="list">
                {foreign.map(({ id, name }) => (
                  <li key={id}>
                    <bdi className="clipped">{name}</bdi>
                    <span aria-hidden="true">→</span>
                    <Select
                      aria-label={text.mappingOf(name)}
                      value={terms.mapping[id] ?? ""}
                      options={[{ value: "", name: text.projectOfItsOwn }, ...projects.map((each) => ({ value: each.id, name: each.isim }))]}
                      onChoose={(target) => change({ mapping: { ...terms.mapping, [id]: target } })}
                    />
                  </li>
                ))}
              </ul>
            </fieldset>
          )}
        </div>
      </details>
    </>
  );
}
