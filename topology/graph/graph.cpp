#include "topology/graph/graph.h"

#include "sim/diagnostics/ensure.h"
#include "topology/graph/storage.h"

#include <utility>

namespace cm::topology {

Graph::Graph() : storage_(std::make_unique<Storage>()) {}

Graph::Graph(const Graph& other) : storage_(std::make_unique<Storage>(*other.storage_)) {}

Graph::Graph(Graph&& other) noexcept = default;
Graph::~Graph() = default;

Graph& Graph::operator=(Graph other) noexcept
{
  storage_.swap(other.storage_);
  return *this;
}

VertexId Graph::add_vertex(Vertex vertex)
{
  boost::add_vertex(storage_->adjacency);
  storage_->vertices.push_back(std::move(vertex));
  return VertexId(vertex_count() - 1);
}

LinkId Graph::add_link(const Link& link)
{
  ensure(link.from.index() < vertex_count() && link.to.index() < vertex_count(),
         "link {} -> {} in a graph of {} vertices", link.from.index(), link.to.index(), vertex_count());
  ensure(link.from != link.to, "{} is linked to itself", vertex(link.from).name);
  ensure(link.bandwidth > BytesPerSecond(0.0), "link {} -> {} has no bandwidth", vertex(link.from).name,
         vertex(link.to).name);
  const LinkId id(static_cast<std::uint32_t>(storage_->links.size()));
  boost::add_edge(link.from.index(), link.to.index(), Storage::EdgeLink{id}, storage_->adjacency);
  storage_->links.push_back(link);
  return id;
}

const Vertex& Graph::vertex(VertexId id) const
{
  return storage_->vertices.at(id.index());
}

const Link& Graph::link(LinkId id) const
{
  return storage_->links.at(id.index());
}

const std::vector<Link>& Graph::links() const
{
  return storage_->links;
}

std::uint32_t Graph::vertex_count() const
{
  return static_cast<std::uint32_t>(storage_->vertices.size());
}

std::vector<VertexId> Graph::vertices_of(VertexKind kind) const
{
  std::vector<VertexId> found;
  for (std::uint32_t i = 0; i < vertex_count(); ++i)
    if (storage_->vertices[i].kind == kind)
      found.emplace_back(i);
  return found;
}

std::vector<LinkId> Graph::links_from(VertexId id) const
{
  std::vector<LinkId> found;
  const auto [begin, end] = boost::out_edges(id.index(), storage_->adjacency);
  for (auto edge = begin; edge != end; ++edge)
    found.push_back(storage_->adjacency[*edge].id);
  return found;
}

std::vector<LinkId> Graph::links_to(VertexId id) const
{
  std::vector<LinkId> found;
  const auto [begin, end] = boost::in_edges(id.index(), storage_->adjacency);
  for (auto edge = begin; edge != end; ++edge)
    found.push_back(storage_->adjacency[*edge].id);
  return found;
}

void add_link_pair(Graph& graph, const Link& link)
{
  graph.add_link(link);
  Link reverse = link;
  std::swap(reverse.from, reverse.to);
  graph.add_link(reverse);
}

std::uint32_t count_links(const Graph& graph, VertexKind from, VertexKind to)
{
  std::uint32_t count = 0;
  for (const Link& link : graph.links())
    if (graph.vertex(link.from).kind == from && graph.vertex(link.to).kind == to)
      ++count;
  return count;
}

}  // namespace cm::topology
