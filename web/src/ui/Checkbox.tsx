import { Checkbox as Radix } from "radix-ui";

import { Icon } from "./Icon";

interface Props {
  readonly label: string;
  readonly checked: boolean | "indeterminate";
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  /** False keeps the label for those who listen only. */
  readonly showLabel?: boolean;
  readonly className?: string;
}

export function Checkbox({ label, checked, onChange, disabled = false, showLabel = true, className }: Props) {
  const box = (
    <Radix.Root
      className="checkbox"
      checked={checked}
      disabled={disabled}
      aria-label={showLabel ? undefined : label}
      onCheckedChange={(next) => onChange(next === true)}
    >
      <Radix.Indicator className="checkbox-mark">
        <Icon name={checked === "indeterminate" ? "minus" : "check"} />
      </Radix.Indicator>
    </Radix.Root>
  );
  if (!showLabel) return <span className={className}>{box}</span>;
  return (
    <label className={["checkbox-line", className].filter(Boolean).join(" ")}>
      {box}
      <span>{label}</span>
    </label>
  );
}
