#include "server/http/docs_page.hpp"

#include <map>

namespace syncstore::http {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* const value = object.find(key);
  return value != nullptr && value->is(Json::Kind::string) ? value->text() : std::string();
}

std::string capitals(std::string_view method) {
  std::string out;
  for (const char c : method)
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

std::string schema_html(const Json& schema);

std::string members_html(const Json& schema) {
  const Json* const properties = schema.find("properties");
  if (properties == nullptr)
    return {};
  const Json* const required = schema.find("required");
  std::string out = "<ul>";
  for (const auto& [name, property] : properties->members()) {
    bool needed = false;
    if (required != nullptr) {
      for (const Json& each : required->items())
        needed = needed || each.text() == name;
    }
    out += "<li><code>" + escaped(name) + "</code>" + (needed ? "" : " (optional)") + " " +
           schema_html(property);
    if (const std::string about = text_of(property, "description"); !about.empty())
      out += " <small>" + escaped(about) + "</small>";
    out += "</li>";
  }
  return out + "</ul>";
}

std::string alternatives_html(const Json& list, std::string_view between) {
  std::string out;
  for (const Json& each : list.items())
    out += (out.empty() ? "" : std::string(between)) + schema_html(each);
  return out;
}

std::string schema_html(const Json& schema) {
  if (const std::string reference = text_of(schema, "$ref"); !reference.empty()) {
    const std::string name = escaped(reference.substr(reference.rfind('/') + 1));
    return "<a href=\"#schema-" + name + "\">" + name + "</a>";
  }
  if (const Json* const all = schema.find("allOf"))
    return alternatives_html(*all, " and ");
  if (const Json* const one = schema.find("oneOf"))
    return alternatives_html(*one, " or ");
  if (const Json* const words = schema.find("enum")) {
    std::string out;
    for (const Json& word : words->items())
      out += (out.empty() ? "" : " | ") + std::string("<code>") + escaped(word.dump()) + "</code>";
    return out;
  }
  if (schema.find("properties") != nullptr)
    return members_html(schema);
  const Json* const type = schema.find("type");
  if (type == nullptr)
    return "any value";
  std::string name = type->is(Json::Kind::string) ? type->text() : std::string();
  for (const Json& each : type->items())
    name += (name.empty() ? "" : " or ") + each.text();
  if (const Json* const items = schema.find("items"))
    return escaped(name) + " of " + schema_html(*items);
  return escaped(name);
}

std::string content_html(const Json& holder) {
  const Json* const content = holder.find("content");
  std::string out;
  if (content == nullptr)
    return out;
  for (const auto& [media, described] : content->members()) {
    out += "<p><code>" + escaped(media) + "</code> ";
    const Json* const schema = described.find("schema");
    const bool has_members = schema != nullptr && schema->find("properties") != nullptr;
    out += has_members ? "</p>" + schema_html(*schema)
                       : (schema != nullptr ? schema_html(*schema) : std::string()) + "</p>";
  }
  return out;
}

std::string parameters_html(const Json& list) {
  if (list.items().empty())
    return {};
  std::string out =
      "<h4>Parameters</h4><table><tr><th>Name</th><th>In</th><th>Value</th><th></th></tr>";
  for (const Json& each : list.items()) {
    const bool needed = each.find("required") != nullptr && each.find("required")->boolean();
    out += "<tr><td><code>" + escaped(text_of(each, "name")) + "</code></td><td>" +
           escaped(text_of(each, "in")) + "</td><td>" + schema_html(*each.find("schema")) +
           "</td><td>" + (needed ? "needed " : "") + escaped(text_of(each, "description")) +
           "</td></tr>";
  }
  return out + "</table>";
}

std::string operation_html(const std::string& path, const std::string& method,
                           const Json& operation) {
  const std::string id = escaped(text_of(operation, "operationId"));
  const std::string role = text_of(operation, "x-least-role");
  const Json* const security = operation.find("security");
  const bool open = security != nullptr && security->items().empty();
  std::string out = "<details class=\"route\" id=\"" + id + "\"><summary><b class=\"" + method +
                    "\">" + capitals(method) + "</b> <code>" + escaped(path) + "</code> " +
                    escaped(text_of(operation, "summary")) + "</summary><p>" +
                    (open             ? "Open to everybody."
                     : role == "none" ? "For whoever is signed in."
                                      : "Least role: " + escaped(role) + ".") +
                    "</p>";
  out += parameters_html(*operation.find("parameters"));
  if (const Json* const body = operation.find("requestBody"))
    out += "<h4>Body</h4>" + content_html(*body);
  for (const auto& [status, answer] : operation.find("responses")->members()) {
    if (status.front() != '2')
      continue;
    out += "<h4>Answer " + escaped(status) + "</h4><p>" + escaped(text_of(answer, "description")) +
           "</p>" + content_html(answer);
  }
  return out + "<p>Otherwise a <a href=\"#schema-Problem\">Problem</a>.</p></details>\n";
}

}  // namespace

std::string docs_page(const Json& document) {
  std::map<std::string, std::string> by_tag;
  for (const auto& [path, operations] : document.find("paths")->members()) {
    for (const auto& [method, operation] : operations.members()) {
      by_tag[operation.find("tags")->items().front().text()] +=
          operation_html(path, method, operation);
    }
  }
  const Json& info = *document.find("info");
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>SyncStore: HTTP interface</title>"
      "<link rel=\"icon\" href=\"/icon.svg\">"
      "<link rel=\"stylesheet\" href=\"/api/docs/page.css\">"
      "<script src=\"/api/docs/page.js\" defer></script></head><body><main>"
      "<h1>SyncStore " +
      escaped(text_of(info, "version")) + ": HTTP interface</h1><p>" +
      escaped(text_of(info, "description")) +
      "</p><p>For programs: <a href=\"/api/openapi.json\">openapi.json</a>.</p>"
      "<p><label>Find a route <input id=\"find\" type=\"search\" autocomplete=\"off\"></label> "
      "<output id=\"found\" for=\"find\"></output></p>\n";
  for (const auto& [tag, routes] : by_tag)
    out += "<section><h2>" + escaped(tag) + "</h2>\n" + routes + "</section>\n";
  out += "<section><h2>Shapes</h2>\n";
  for (const auto& [name, schema] : document.find("components")->find("schemas")->members()) {
    out += "<article id=\"schema-" + escaped(name) + "\"><h3>" + escaped(name) + "</h3>" +
           schema_html(schema) + "</article>\n";
  }
  return out + "</section></main></body></html>\n";
}

std::string_view docs_style() {
  return R"(:root{color-scheme:light dark;
  --line:#d5dbe1;--muted:#52606d;--accent:#0f6b6b;--back:#fff}
@media(prefers-color-scheme:dark){:root{
  --line:#39434d;--muted:#9aa7b4;--accent:#58c7bc;--back:#1c2329}}
body{margin:0;background:var(--back);font:14px/20px system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:16px}
h1{font-size:22px;line-height:28px}
h2{margin:24px 0 8px;font-size:16px}
h3{margin:16px 0 4px;font-size:14px}
h4{margin:8px 0 4px}
code{font:13px/18px ui-monospace,monospace;overflow-wrap:anywhere}
a{color:var(--accent)}
small{color:var(--muted)}
input{font:inherit;padding:4px 8px;width:min(320px,100%);
  border:1px solid var(--line);border-radius:6px}
details{border:1px solid var(--line);border-radius:6px;margin:4px 0;padding:6px 10px}
summary{cursor:pointer}
summary b{display:inline-block;min-width:56px;color:var(--accent)}
summary b.delete{color:#b3261e}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;display:block;overflow-x:auto}
td,th{text-align:left;padding:2px 12px 2px 0;border-bottom:1px solid var(--line);vertical-align:top}
ul{margin:4px 0;padding-left:20px}
@media(prefers-color-scheme:dark){summary b.delete{color:#ff8a80}}
)";
}

std::string_view docs_script() {
  return R"('use strict';
const find = document.getElementById('find');
const found = document.getElementById('found');
const routes = [...document.querySelectorAll('details.route')];
const texts = routes.map((route) => route.querySelector('summary').textContent.toLowerCase());
function show() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  routes.forEach((route, i) => {
    const fits = words.every((word) => texts[i].includes(word));
    route.hidden = !fits;
    count += fits ? 1 : 0;
  });
  for (const section of document.querySelectorAll('section')) {
    const own = section.querySelectorAll('details.route');
    section.hidden = own.length > 0 && [...own].every((route) => route.hidden);
  }
  found.textContent = words.length > 0 ? `${count} of ${routes.length}` : '';
}
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
find.addEventListener('input', show);
addEventListener('hashchange', open);
show();
open();
)";
}

}  // namespace syncstore::http
