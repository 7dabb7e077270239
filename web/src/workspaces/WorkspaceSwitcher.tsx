import { useNavigate } from "@tanstack/react-router";

import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { Icon } from "../ui/Icon";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../ui/Menu";
import { useWorkspace } from "../workspace";
import { placeOf, useWorkspaces } from "./list";

export function WorkspaceSwitcher({ onLeave }: { readonly onLeave: () => void }) {
  const text = useText();
  const navigate = useNavigate();
  const openDialog = useOpenDialog();
  const { workspace } = useWorkspace();
  const { data: workspaces = [] } = useWorkspaces();
  const place = workspace === null ? null : placeOf(workspace, workspaces);
  return (
    <Menu
      trigger={
        <button type="button" className="workspace-button" title={workspace?.path} aria-label={text.workspaceNamed(workspace?.name ?? text.defaultWorkspace)}>
          <span className="brand-mark">
            <Icon name="check" />
          </span>
          <span className="workspace-name">
            <bdi className="clipped">{workspace?.name ?? text.defaultWorkspace}</bdi>
            {place !== null && (
              <bdi className="clipped workspace-place" dir="ltr">
                {place}
              </bdi>
            )}
          </span>
          <Icon name="chevron" />
        </button>
      }
    >
      <MenuChoice
        label={text.workspace}
        value={workspace?.id ?? null}
        options={workspaces.map((each) => {
          const place = placeOf(each, workspaces);
          return { value: each.id, name: <bdi>{each.name}</bdi>, ...(place !== null && { hint: place }) };
        })}
        onChoose={(id) => {
          onLeave();
          void navigate({ to: "/w/$workspaceId/tree", params: { workspaceId: id } });
        }}
      />
      <MenuLine />
      <MenuItem
        icon="folder"
        onSelect={() => {
          onLeave();
          openDialog({ name: "workspaces" });
        }}
      >
        {text.manageWorkspaces}
      </MenuItem>
    </Menu>
  );
}
