import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { useText } from "../locale";
import { Icon, type IconName } from "./Icon";

interface Props {
  /** One button; it opens the menu. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "bottom" | "left" | "right";
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** Not modal: a modal one would write a style element into the document, which the content security policy refuses. */
export function Menu({ trigger, children, align = "start", side = "bottom", open, onOpenChange }: Props) {
  const text = useText();
  return (
    <Radix.Root modal={false} {...(open !== undefined && { open })} {...(onOpenChange !== undefined && { onOpenChange })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <section aria-label={text.menu}>
          <Radix.Content className="menu" align={align} side={side} sideOffset={4} collisionPadding={8} loop>
            {children}
          </Radix.Content>
        </section>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ItemProps {
  readonly children: ReactNode;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Beside the name: keys, a count. */
  readonly aside?: ReactNode;
  readonly onSelect: () => void;
}

export function MenuItem({ children, icon, danger = false, disabled = false, aside, onSelect }: ItemProps) {
  return (
    <Radix.Item className="menu-item" data-danger={danger} disabled={disabled} onSelect={onSelect}>
      {icon !== undefined && <Icon name={icon} />}
      <span className="menu-name">{children}</span>
      {aside !== undefined && <span className="menu-aside">{aside}</span>}
    </Radix.Item>
  );
}

interface ChoiceProps<V extends string> {
  readonly label: string;
  readonly value: V | null;
  readonly options: readonly { readonly value: V; readonly name: ReactNode; readonly hint?: string }[];
  readonly onChoose: (value: V) => void;
}

/** One of several, with a mark at the one in force. */
export function MenuChoice<V extends string>({ label, value, options, onChoose }: ChoiceProps<V>) {
  return (
    <Radix.RadioGroup
      aria-label={label}
      value={value ?? ""}
      onValueChange={(chosen) => {
        const option = options.find((each) => each.value === chosen);
        if (option !== undefined) onChoose(option.value);
      }}
    >
      {options.map((option) => (
        <Radix.RadioItem key={option.value} className="menu-item" value={option.value}>
          <span className="menu-mark">
            <Radix.ItemIndicator>
              <Icon name="check" />
            </Radix.ItemIndicator>
          </span>
          <span className="menu-name">
            {option.name}
            {option.hint !== undefined && <span className="menu-hint">{option.hint}</span>}
          </span>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

interface ToggleProps {
  readonly children: ReactNode;
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
}

/** Something that is on or off; choosing it leaves the menu open. */
export function MenuToggle({ children, on, onSwitch }: ToggleProps) {
  return (
    <Radix.CheckboxItem className="menu-item" checked={on} onCheckedChange={onSwitch} onSelect={(event) => event.preventDefault()}>
      <span className="menu-mark">
        <Radix.ItemIndicator>
          <Icon name="check" />
        </Radix.ItemIndicator>
      </span>
      <span className="menu-name">{children}</span>
    </Radix.CheckboxItem>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <Radix.Label className="menu-label">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="menu-line" />;
}
