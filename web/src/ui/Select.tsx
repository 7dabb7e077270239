import type { ComponentProps, ReactNode } from "react";

interface Props<V extends string> extends Omit<ComponentProps<"select">, "value" | "onChange" | "children"> {
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly name: string }[];
  readonly onChoose: (value: V) => void;
  readonly children?: ReactNode;
}

/**
 * The browser's own: it types ahead, opens the picker of a phone, and needs no style element as Radix's does, which the
 * content security policy refuses. `className` says how it looks: `input`, `quiet-select`, `status`.
 */
export function Select<V extends string>({ value, options, onChoose, className = "input", ...rest }: Props<V>) {
  return (
    <select
      {...rest}
      className={className}
      value={value}
      onChange={({ target }) => {
        const chosen = options.find((option) => option.value === target.value);
        if (chosen !== undefined) onChoose(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </select>
  );
}
