import { useLanguage, useText } from "../locale";
import { Icon } from "../ui/Icon";
import type { Source } from "./importing";

interface Props {
  readonly source: Source;
  readonly onBack: () => void;
}

/** The file that was chosen. */
export function SourceLine({ source, onBack }: Props) {
  const text = useText();
  const language = useLanguage();
  return (
    <div className="source-line">
      <Icon name="file" />
      <bdi className="source-name" dir="auto">
        {source.kind === "file" ? source.name : source.path}
      </bdi>
      {source.kind === "file" && <span className="muted figures">{sizeIn(source.bytes, language)}</span>}
      <button type="button" className="button quiet source-other" onClick={onBack}>
        {text.otherFile}
      </button>
    </div>
  );
}

function sizeIn(bytes: number, language: string): string {
  const [unit, size] = bytes < 1e6 ? (["kilobyte", bytes / 1e3] as const) : (["megabyte", bytes / 1e6] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: size < 10 ? 1 : 0 }).format(size);
}
